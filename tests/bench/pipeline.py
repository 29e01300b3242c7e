"""The whole pipeline under the load set: `make bench` prints what each step costs and what comes out at the end.

    python -m tests.bench.pipeline [--events N] [--processors N] [--latency-seconds N] [--profile PART] [--save]

Fully processed counts, not accepted: an event is done when ClickHouse holds it and the tracker has passed it. Sender
and stack share this machine. The figures are compared with those of `pipeline.json`; `--save` writes that file.
"""

import argparse
import asyncio
import json
import os
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table
from tests.bench import budget
from tests.bench.profiling import profiled
from tests.bench.subject import PROBES, Run, Subject, percentile
from tests.bench.usage import SENDER, Usages, Watch, cpu_seconds, memory_mib
from tests.data import LOAD_SET
from tests.load.installation import ROOT, Installation

COMMITTED = Path(__file__).with_suffix(".json")
_IDLE_SECONDS = 5
_WARM_UP = 2_000
console = Console(width=110)


def processes(run: Run, idle: Usages) -> Table:
    """Give a run as a table: a row a process."""
    table = Table(title=f"{run.name}: {run.events} events", title_justify="left")
    for heading in ("process", "CPU us/event", "share", "MiB", "MiB idle"):
        table.add_column(heading, justify="left" if heading == "process" else "right")
    total = sum(usage.cpu_seconds for usage in run.until_processed.values())
    for name, usage in sorted(run.until_processed.items(), key=lambda pair: -pair[1].cpu_seconds):
        of_idle = f"{idle[name].rss_mib:.0f}" if name in idle and name != SENDER else ""
        cpu = f"{usage.cpu_seconds / run.events * 1e6:.0f}"
        table.add_row(name, cpu, f"{usage.cpu_seconds / total:.0%}", f"{usage.rss_mib:.0f}", of_idle)
    stack = f"{cpu_seconds(run.until_processed) / run.events * 1e6:.0f}"
    memory = (f"{memory_mib(run.until_processed):.0f}", f"{memory_mib(idle):.0f}")
    table.add_row("all but the sender", stack, "", *memory, style="bold")
    return table


def line(what: str, figure: float, unit: str, last: dict[str, Any], key: str) -> str:
    """Give one line of the summary, with the committed figure beside it."""
    return f"{what}: {figure:.0f} {unit}" + (f"  (committed: {last[key]:.0f})" if key in last else "")


async def bench(arguments: argparse.Namespace, installation: Installation, of_stages: float) -> dict[str, Any]:
    """Print every figure as it is there; give those that are kept."""
    last = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    await asyncio.sleep(_IDLE_SECONDS)
    idle = Watch(installation).read()
    subject = Subject(installation)
    console.print("warming up ...")
    await subject.run("warm-up", min(_WARM_UP, arguments.events))
    with profiled(installation, arguments.profile, ROOT / ".errata" / f"profile-{arguments.profile}.svg"):
        run = await subject.run("as fast as it accepts", arguments.events)
    console.print(processes(run, idle), budget.table(run, of_stages, last.get("steps", {})))
    answers = sorted(run.sent.latencies)
    figures: dict[str, Any] = {
        "cores": os.cpu_count(),
        "steps": budget.costs(run.until_processed, run.events, of_stages),
        "accepted": round(run.accepted_per_second),
        "answer_p99_ms": round(percentile(answers, 0.99) * 1e3),
        "processed": round(run.processed_per_second),
        "idle_mib": round(memory_mib(idle)),
        "busy_mib": round(memory_mib(run.until_processed)),
    }
    console.print(
        line("accepted", figures["accepted"], "events/s", last, "accepted"),
        line("answered, p99", figures["answer_p99_ms"], "ms", last, "answer_p99_ms"),
        line("memory of the whole stack, idle", figures["idle_mib"], "MiB", last, "idle_mib"),
        sep="\n",
    )
    console.print(line("fully processed", figures["processed"], "events/s", last, "processed") + "\n", style="bold")
    hot = await subject.run("90 % of events in one issue", arguments.events, hot_share=0.9)
    console.print(processes(hot, idle))
    figures["processed_hot"] = round(hot.processed_per_second)
    said = line("fully processed, one hot issue", figures["processed_hot"], "events/s", last, "processed_hot")
    console.print(said + "\n", style="bold")
    if arguments.latency_seconds:
        rate = run.processed_per_second / 2
        seen = await subject.latencies(arguments.latency_seconds, rate)
        figures |= {f"alert_p{share}_ms": round(percentile(seen, share / 100) * 1e3) for share in (50, 99)}
        console.print(f"receipt to alert at {rate:.0f} events/s, half of what it sustains, over {len(seen)} alerts:")
        for share in (50, 99):
            key = f"alert_p{share}_ms"
            console.print(line(f"receipt to alert, p{share}", figures[key], "ms", last, key), style="bold")
    return figures


def main() -> None:
    """Run the benchmark in a stack of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000, help="how many events a run sends (default: %(default)s)")
    parser.add_argument("--processors", type=int, default=os.cpu_count() or 1, help="default: one a core")
    parser.add_argument(
        "--latency-seconds", type=float, default=30, help="how long alerts are timed; 0 leaves it out (default: 30)"
    )
    parser.add_argument("--profile", default="", metavar="PART", help="write a flame graph of a part, such as writer")
    parser.add_argument("--save", action="store_true", help="commit the figures to pipeline.json")
    parser.add_argument("--data", type=Path, default=ROOT / ".errata" / "bench", help="the stack's folder, emptied")
    arguments = parser.parse_args()
    if not LOAD_SET.exists():
        raise SystemExit(f"the load set is not here: {LOAD_SET}")
    console.print("measuring the stages alone, then starting a stack of its own ...")
    of_stages = budget.stages_alone()
    with Installation(arguments.data, rules=PROBES, processors=arguments.processors) as installation:
        figures = uvloop.run(bench(arguments, installation, of_stages))
    installation.remove_data()
    if arguments.save:
        COMMITTED.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
