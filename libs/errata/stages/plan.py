"""Where the chain runs: fused in one process, or cut into segments with topics between; the same events either way.

A plan is checked when it is made: cut points are stages that exist, and personal data crosses no cut, because none
stands before `scrub`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from errata.contracts.groups import PROCESSOR
from errata.contracts.topics import INGEST, stage_topic
from errata.stages.pipeline import ORDER

SCRUB = "scrub"
NAMES = tuple(stage.name for stage in ORDER)


class PlanError(ValueError):
    """The chain cannot be run this way; the text says why."""


class Segment(NamedTuple):
    """Consecutive stages that run in one process."""

    after: str
    """The stage that the chain is cut after just before them; empty for the first segment."""
    stages: tuple[str, ...]
    until: str
    """The stage that the chain is cut after next; empty for the last segment, which gives whole events."""

    @property
    def first(self) -> bool:
        """Whether it begins with what clients sent."""
        return not self.after

    @property
    def source(self) -> str:
        """The topic that it reads, without the prefix."""
        return stage_topic(self.after) if self.after else INGEST

    @property
    def group(self) -> str:
        """The consumer group that reads it, without the prefix."""
        return f"{PROCESSOR}-{self.after}" if self.after else PROCESSOR


FUSED = Segment("", NAMES, "")
"""The whole chain."""


def plan(cut_after: Sequence[str], names: Sequence[str] = NAMES) -> tuple[Segment, ...]:
    """Give the segments of the chain, cut after each of the stages named.

    Raises:
        PlanError: a cut names no stage or the last one, or stands before personal data is removed.

    """
    for cut in cut_after:
        if cut not in names:
            raise PlanError(f"there is no stage {cut} to cut after; there are {', '.join(names)}")
        if cut == names[-1]:
            raise PlanError(f"{cut} is the last stage: nothing is left to run after the cut")
        if SCRUB not in names[: names.index(cut) + 1]:
            raise PlanError(f"a cut after {cut} would put personal data on a topic: it is removed by {SCRUB}")
    ends = sorted({names.index(cut) + 1 for cut in cut_after})
    return tuple(
        Segment(names[start - 1] if start else "", tuple(names[start:end]), names[end - 1] if end < len(names) else "")
        for start, end in pairwise((0, *ends, len(names)))
    )


def segment_after(cut_after: Sequence[str], after: str) -> Segment:
    """Give the segment that begins after a stage, or the first one for an empty name; raises `PlanError`."""
    for segment in plan(cut_after):
        if segment.after == after:
            return segment
    raise PlanError(f"the chain is not cut after {after}; ERRATA_CUT_AFTER says where it is")
