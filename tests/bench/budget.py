"""The budget of an event, step by step, against what was measured: one core's microseconds an event of the load set."""

from statistics import mean
from typing import NamedTuple

from rich.table import Table
from tests.bench import stages
from tests.bench.subject import Run
from tests.bench.usage import Usages, cpu_seconds

from errata.contracts import odd_json


class Step(NamedTuple):
    """A step of the path of an event, and what it may cost."""

    name: str
    goal: int
    parts: tuple[str, ...]
    """Beginnings of the names of the processes that do it."""


STEPS = (
    Step("relay: HTTP, auth, inflate, framing, produce", 80, ("relay",)),
    Step("Kafka broker, all topics", 80, ("kafka",)),
    Step("processor: Kafka in and out, parse and dump", 80, ("processor",)),
    Step("processor: the stages", 200, ()),
    Step("writer, ClickHouse included", 110, ("writer", "clickhouse")),
    Step("tracker, Redis included", 40, ("tracker", "redis")),
)
SHELL, STAGES = STEPS[2].name, STEPS[3].name
# Of each event the fastest round counts: a first one fills the caches, and others work on this machine, too.
_ROUNDS = 5


def stages_alone() -> float:
    """Give the microseconds an event that all stages take on the load set, measured in this process."""
    with stages.LOAD_SET.open("rb") as lines:
        events = [odd_json.dumps(odd_json.loads(line)["event"]) for line in lines]
    return mean(map(min, stages.measure(events, _ROUNDS)["all"]))


def costs(usages: Usages, events: int, of_stages: float) -> dict[str, float]:
    """Give the microseconds an event of each step; what the stages take alone is taken from the processors'."""
    found = {step.name: cpu_seconds(usages, *step.parts) / events * 1e6 for step in STEPS if step.parts}
    found[STAGES] = min(of_stages, found[SHELL])
    found[SHELL] -= found[STAGES]
    return {step.name: round(found[step.name]) for step in STEPS}


def table(run: Run, of_stages: float, last: dict[str, float]) -> Table:
    """Give the table: each step with its goal, as measured until all was accepted and processed, and last time."""
    accepted = costs(run.until_accepted, run.events, of_stages)
    processed = costs(run.until_processed, run.events, of_stages)
    shown = Table(title="CPU us an event, against the budget", title_justify="left")
    shown.add_column("step")
    for heading in ("goal", "until accepted", "until processed", "committed"):
        shown.add_column(heading, justify="right")
    for step in STEPS:
        style = "red" if processed[step.name] > step.goal else "green"
        figures = (accepted[step.name], f"[{style}]{processed[step.name]}[/]", last.get(step.name, "-"))
        shown.add_row(step.name, str(step.goal), *map(str, figures))
    shown.add_section()
    goal = sum(step.goal for step in STEPS)
    total = [sum(accepted.values()), sum(processed.values()), sum(last.values())]
    shown.add_row("all steps", str(goal), *(str(round(figure)) for figure in total), style="bold")
    return shown
