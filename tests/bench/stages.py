"""What each stage costs on the load set in microseconds: mean, median, 99th percentile; one core, parse and dump apart.

`make bench-stages` runs it. Each event passes each stage `ROUNDS` times, parsed again each time, since stages change
events in place; the garbage collector is on and set as in the processor (`runtime/collector.py`). The mean is over all
rounds: the steady state, in which what events have in common is in the caches. `fastest` takes of each event its
fastest round. A first pass before, from empty caches, is told apart; what the processor loads at its start is loaded
before. Time is the thread's own, so that other programs' turns are not counted, though they take their toll of the
processor's caches.

The means are compared with the committed ones of `stages.json`; `python -m tests.bench.stages --save` writes that file.

Then the hit rates of the caches: of a first pass from empty caches, where only what events have in common is found,
and of a second pass, as when the same errors come again.
"""

import json
import sys
import time
from itertools import chain
from pathlib import Path
from statistics import mean, quantiles

from tests.data import LOAD_SET

from errata.config.model import Project
from errata.config.scrub import ScrubSettings
from errata.contracts import odd_json
from errata.runtime.collector import ease_garbage_collection
from errata.stages.fingerprint import messages, v1
from errata.stages.in_app import is_in_app
from errata.stages.normalize import Normalize
from errata.stages.pipeline import build, load
from errata.stages.scrub.memory import Memory
from errata.stages.scrub.ruleset import Ruleset
from errata.stages.scrub.walk import Remembered, walk
from errata.stages.stage import Context

COMMITTED = Path(__file__).with_suffix(".json")
ROUNDS = 25
BUDGET = 200
PROJECT = Project(id=1, slug="bench", keys=())
CONTEXT = Context(event_id="f" * 32, received_at=1_790_000_000_000_000, hash_key=b"k" * 32)


def measure(events, rounds):
    """Give, for each stage and event, the microseconds that it took in each round."""
    stages = build(PROJECT).stages
    times = {stage.name: [[] for _ in events] for stage in stages}
    for _ in range(rounds):
        for index, data in enumerate(events):
            event = odd_json.loads(data)
            for stage in stages:
                start = time.thread_time_ns()
                event = stage(event, CONTEXT)
                times[stage.name][index].append((time.thread_time_ns() - start) / 1000)
    times["all"] = [
        [sum(of_round) for of_round in zip(*of_event, strict=True)] for of_event in zip(*times.values(), strict=True)
    ]
    return times


def report(times, cold, committed):
    """Print the table and the line with the total; give the means."""
    means = {name: round(mean(chain.from_iterable(of_stage)), 1) for name, of_stage in times.items()}
    print(f"{'stage':<14}{'mean':>9}{'p50':>9}{'p99':>9}{'max':>9}{'share':>8}{'fastest':>9}{'committed':>11}")
    for name, of_stage in times.items():
        points = quantiles(chain.from_iterable(of_stage), n=100)
        fastest = mean(map(min, of_stage))
        share = means[name] / means["all"]
        print(
            f"{name:<14}{means[name]:>9.1f}{points[49]:>9.1f}{points[98]:>9.1f}{max(map(max, of_stage)):>9.1f}"
            f"{share:>8.0%}{fastest:>9.1f}{committed.get(name, '-'):>11}"
        )
    means["cold"] = round(mean(chain.from_iterable(cold["all"])), 1)
    print(f"total: mean {means['all']:.0f} us (budget {BUDGET}, committed {committed.get('all', '-')})")
    print(f"first pass, cold caches: mean {means['cold']:.0f} us (committed {committed.get('cold', '-')})")
    return means


def hit_rates(events):
    """Print how often each cache knew the answer."""
    stages = build(PROJECT)
    fingerprint = next(stage for stage in stages.stages if stage.name == "fingerprint")
    caches = {
        "frames, cleaned": fingerprint.frames.cached,
        "frames, in app": is_in_app,
        "strings, messages": messages._pattern,
        "strings, types": v1._clean_type,
    }
    for cache in caches.values():
        cache.cache_clear()
    passes = []
    for _ in range(2):
        before = {name: cache.cache_info() for name, cache in caches.items()}
        for data in events:
            stages(odd_json.loads(data), CONTEXT)
        passes.append({name: _rate(before[name], cache.cache_info()) for name, cache in caches.items()})
    print(f"\n{'cache':<27}{'entries':>8}{'first pass':>12}{'repeated':>10}")
    for name, cache in caches.items():
        print(f"{name:<27}{cache.cache_info().currsize:>8}{passes[0][name]:>12.1%}{passes[1][name]:>10.1%}")


def remembered(events):
    """Print of how many texts, walked one by one, the scrubber remembers that they hold nothing."""
    normalize, scrub = Normalize(PROJECT), Ruleset(ScrubSettings())
    shares = []
    for _ in range(2):
        searched = walked = 0
        for data in events:
            event = normalize(odd_json.loads(data), CONTEXT)
            for memory in (scrub._remembered, Remembered(Memory(0), Memory(0), Memory(0))):
                found = walk(event, scrub._keys, lambda *_: False, memory)
                count = len(found.free.texts) + len(found.code.texts)
                searched, walked = (
                    (searched + count, walked) if memory is scrub._remembered else (searched, walked + count)
                )
            scrub.apply(event, b"k")
        shares.append(1 - searched / walked)
    entries = len(scrub._remembered.free.young) + len(scrub._remembered.code.young)
    print(f"{'strings, scrub':<27}{entries:>8}{shares[0]:>12.1%}{shares[1]:>10.1%}")


def _rate(before, after):
    hits, misses = after.hits - before.hits, after.misses - before.misses
    return hits / max(hits + misses, 1)


def main():
    """Measure and print; 2 when the load set is not on this machine."""
    if not LOAD_SET.exists():
        print(f"the load set is not here: {LOAD_SET}")
        return 2
    with LOAD_SET.open("rb") as lines:
        events = [odd_json.dumps(odd_json.loads(line)["event"]) for line in lines]
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    load()
    ease_garbage_collection()
    cold = measure(events, 1)
    means = report(measure(events, ROUNDS), cold, committed)
    if "--save" in sys.argv:
        COMMITTED.write_text(json.dumps(means, indent=2) + "\n")
    hit_rates(events)
    remembered(events)
    return 0


if __name__ == "__main__":
    sys.exit(main())
