"""Where the chain may be cut, and into what: personal data crosses no cut."""

import pytest

from errata.stages.plan import FUSED, NAMES, PlanError, plan, segment_after


def test_without_a_cut_the_chain_is_one_segment():
    assert plan(()) == (FUSED,)
    assert (FUSED.source, FUSED.group, FUSED.until) == ("ingest", "processor", "")


def test_a_cut_after_scrub_gives_two_segments_with_a_topic_between():
    before, after = plan(["scrub"])
    assert (before.stages, after.stages) == (("normalize", "filter", "scrub"), ("symbolicate", "fingerprint"))
    assert (before.source, before.group, before.until) == ("ingest", "processor", "scrub")
    assert (after.source, after.group, after.until) == ("stage-scrub", "processor-scrub", "")


@pytest.mark.parametrize("cuts", [(), ("scrub",), ("symbolicate",), ("symbolicate", "scrub"), ("scrub", "scrub")])
def test_every_stage_runs_in_one_segment_in_order(cuts):
    segments = plan(cuts)
    assert tuple(name for segment in segments for name in segment.stages) == NAMES
    assert [segment.until for segment in segments[:-1]] == [segment.after for segment in segments[1:]]
    assert [segment.first for segment in segments] == [True] + [False] * (len(segments) - 1)


@pytest.mark.parametrize("cut", NAMES[: NAMES.index("scrub")])
def test_a_cut_before_scrub_is_refused(cut):
    with pytest.raises(PlanError, match="personal data"):
        plan([cut])


@pytest.mark.parametrize(("cut", "reason"), [("alert", "no stage alert"), (NAMES[-1], "last stage")])
def test_a_cut_that_makes_no_sense_is_refused(cut, reason):
    with pytest.raises(PlanError, match=reason):
        plan([cut])


def test_a_segment_is_named_after_the_cut_before_it():
    assert segment_after(["scrub"], "") == plan(["scrub"])[0]
    assert segment_after(["scrub"], "scrub") == plan(["scrub"])[1]
    with pytest.raises(PlanError, match="not cut after symbolicate; ERRATA_CUT_AFTER"):
        segment_after(["scrub"], "symbolicate")
