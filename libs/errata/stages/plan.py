"""Where the chain runs: fused in one process, or cut into segments with topics between; the same bytes either way.

The plan is checked when it is made: stage names are unique, cut points exist, and personal data crosses no cut, because
none stands before `scrub`.
"""

from collections.abc import Sequence
from itertools import pairwise

from errata.contracts import odd_json
from errata.stages.pipeline import Chain
from errata.stages.stage import Context, Event, Stage

SCRUB = "scrub"


class PlanError(ValueError):
    """The chain can not be run this way; the text says why."""


def plan(stages: Sequence[Stage], cut_after: Sequence[str] = ()) -> tuple[Chain, ...]:
    """Give the chain in segments, cut after each of the stages named.

    Raises:
        PlanError: names clash, a cut names no stage or the last one, or stands before personal data is removed.

    """
    names = [stage.name for stage in stages]
    if len(set(names)) != len(names):
        raise PlanError(f"stage names must be unique: {', '.join(names)}")
    ends = []
    for cut in cut_after:
        if cut not in names:
            raise PlanError(f"there is no stage {cut} to cut after; there are {', '.join(names)}")
        if cut == names[-1]:
            raise PlanError(f"{cut} is the last stage: nothing is left to run after the cut")
        if SCRUB not in names[: names.index(cut) + 1]:
            raise PlanError(f"a cut after {cut} would put personal data on a topic: it is removed by {SCRUB}")
        ends.append(names.index(cut) + 1)
    bounds = [0, *sorted(set(ends)), len(stages)]
    return tuple(Chain(stages[start:end]) for start, end in pairwise(bounds))


def run(segments: Sequence[Chain], event: Event, context: Context) -> Event:
    """Give the event after all segments, serialized between them as it would be over topics."""
    first, *rest = segments
    event = first(event, context)
    for segment in rest:
        event = segment(odd_json.loads(odd_json.dumps(event)), context)
    return event
