"""What each stage costs on the load set: mean, median and 99th percentile in microseconds, one core, parse and dump apart.

`make bench-stages` runs it. Each event passes each stage `ROUNDS` times, parsed anew each time, since stages change
events in place; of the rounds the fastest counts for the mean (others measure the machine's other work).
"""

import gc
import sys
import time
from pathlib import Path
from statistics import mean, quantiles

from errata.config.model import Project
from errata.contracts import odd_json
from errata.stages.pipeline import build
from errata.stages.stage import Context

LOAD_SET = Path(__file__).parents[3] / "shared" / "load" / "events.jsonl"
ROUNDS = 9
BUDGET = 200


def measure(events):
    """Give, for each stage, the microseconds that each event took in its fastest round."""
    context = Context(event_id="f" * 32, received_at=1_790_000_000_000_000, hash_key=b"k" * 32)
    stages = build(Project(id=1, slug="bench", keys=())).stages
    best = {stage.name: [float("inf")] * len(events) for stage in stages}
    gc.disable()
    for _ in range(ROUNDS):
        for index, data in enumerate(events):
            event = odd_json.loads(data)
            for stage in stages:
                start = time.perf_counter_ns()
                event = stage(event, context)
                took = (time.perf_counter_ns() - start) / 1000
                best[stage.name][index] = min(best[stage.name][index], took)
        gc.collect()
    gc.enable()
    return best


def report(best):
    """Print the table and the line with the total."""
    total = sum(mean(times) for times in best.values())
    print(f"{'stage':<14}{'mean':>10}{'p50':>10}{'p99':>10}{'max':>10}{'share':>8}")
    rows = {**best, "all": [sum(times) for times in zip(*best.values(), strict=True)]}
    for name, times in rows.items():
        points = quantiles(times, n=100)
        share = mean(times) / total
        print(f"{name:<14}{mean(times):>10.1f}{points[49]:>10.1f}{points[98]:>10.1f}{max(times):>10.1f}{share:>8.0%}")
    print(f"total: mean {total:.0f} us (budget {BUDGET})")


def main():
    """Measure and print; 2 when the load set is not on this machine."""
    if not LOAD_SET.exists():
        print(f"the load set is not here: {LOAD_SET}")
        return 2
    with LOAD_SET.open("rb") as lines:
        events = [odd_json.dumps(odd_json.loads(line)["event"]) for line in lines]
    report(measure(events))
    return 0


if __name__ == "__main__":
    sys.exit(main())
