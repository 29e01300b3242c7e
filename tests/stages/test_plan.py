"""A chain that is cut over topics gives the same bytes as the fused one, and no cut lets personal data through."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.corpora.where import cases

from errata.config.model import Project
from errata.contracts import odd_json
from errata.contracts.outcomes import Dropped, Invalid
from errata.stages import plan as plans
from errata.stages.pipeline import Chain, StageFailed, build
from errata.stages.stage import Context

CONTEXT = Context(event_id="a" * 32, received_at=1_700_000_000_000_000, hash_key=b"test")
STAGES = build(Project(id=7, slug="shop", keys=())).stages
NAMES = [stage.name for stage in STAGES]


class Passing:
    def __init__(self, name):
        self.name = name

    def __call__(self, event, _context):
        return event


def bytes_of(segments, event):
    try:
        return odd_json.dumps(plans.run(segments, event, CONTEXT))
    except (Dropped, Invalid) as ending:
        return ending.reason


def all_plans():
    after_scrub = NAMES[NAMES.index("scrub") : -1] if "scrub" in NAMES else []
    return [plans.plan(STAGES, [name]) for name in after_scrub] + [plans.plan(STAGES, after_scrub)]


text = st.text(max_size=30)
scalar = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | text
tree = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4), max_leaves=20
)
field = st.sampled_from(
    """exception logentry message stacktrace threads request user breadcrumbs contexts tags extra level platform
    timestamp fingerprint sdk debug_meta release environment errors _meta errata csp template spans modules
    sentry.interfaces.Http""".split()
)
frame = st.dictionaries(
    st.sampled_from(
        "function filename abs_path module lineno colno in_app vars package pre_context context_line".split()
    ),
    tree,
    max_size=6,
)
shaped = st.fixed_dictionaries(
    {
        "exception": st.fixed_dictionaries(
            {
                "values": st.lists(
                    st.fixed_dictionaries(
                        {
                            "type": text,
                            "value": tree,
                            "stacktrace": st.fixed_dictionaries({"frames": st.lists(frame, max_size=3)}),
                        }
                    ),
                    max_size=2,
                )
            }
        )
    }
)
events = st.dictionaries(field | text, tree, max_size=8) | st.builds(
    dict.__or__, st.dictionaries(field, tree, max_size=4), shaped
)


@settings(max_examples=150, deadline=None)
@given(events)
def test_any_json_gives_the_same_bytes_fused_and_cut(event):
    event = odd_json.loads(odd_json.dumps(event))
    fused = bytes_of([Chain(STAGES)], copy.deepcopy(event))
    for segments in all_plans():
        assert bytes_of(segments, copy.deepcopy(event)) == fused


@settings(max_examples=150, deadline=None)
@given(events)
def test_no_event_makes_a_stage_fail(event):
    try:
        Chain(STAGES)(odd_json.loads(odd_json.dumps(event)), CONTEXT)
    except (Dropped, Invalid):
        pass
    except StageFailed as failure:  # pragma: no cover - only when a stage has a bug
        raise failure.__cause__ from None


@pytest.mark.parametrize("name", ["sdk_events", "sdk_samples"])
def test_real_events_give_the_same_bytes_fused_and_cut(name):
    found = cases(name)
    if found is None:
        pytest.skip(f"corpus {name} is not on this machine")
    for case in found:
        event = odd_json.loads(case["text"].encode())
        fused = bytes_of([Chain(STAGES)], copy.deepcopy(event))
        for segments in all_plans():
            assert bytes_of(segments, copy.deepcopy(event)) == fused, case["id"]


def test_a_cut_before_scrub_is_refused():
    stages = [Passing(name) for name in ("normalize", "scrub", "fingerprint")]
    with pytest.raises(plans.PlanError, match="personal data"):
        plans.plan(stages, ["normalize"])


def test_a_cut_after_scrub_gives_two_segments():
    stages = [Passing(name) for name in ("normalize", "scrub", "fingerprint")]
    segments = plans.plan(stages, ["scrub"])
    assert [[stage.name for stage in segment.stages] for segment in segments] == [
        ["normalize", "scrub"],
        ["fingerprint"],
    ]


@pytest.mark.parametrize(("cut", "reason"), [("symbolicate", "no stage symbolicate"), ("fingerprint", "last stage")])
def test_a_cut_that_makes_no_sense_is_refused(cut, reason):
    with pytest.raises(plans.PlanError, match=reason):
        plans.plan([Passing("scrub"), Passing("fingerprint")], [cut])


def test_two_stages_of_one_name_are_refused():
    with pytest.raises(plans.PlanError, match="unique"):
        plans.plan([Passing("scrub"), Passing("scrub")])
