"""The parts of an event are found in canonical form, and nothing is found in anything else."""

from hypothesis import given
from hypothesis import strategies as st

from errata.stages import event_parts

FRAME = {"function": "f"}
STACK = {"frames": [FRAME]}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["exception", "threads", "values", "stacktrace", "frames", "logentry", "message"]), inner
        )
    ),
    max_leaves=12,
)


def test_the_raised_exception_is_the_last():
    event = {"exception": {"values": [{"type": "Cause"}, {"type": "Raised"}, None]}}
    assert event_parts.raised_exception(event) == {"type": "Raised"}
    assert event_parts.raised_exception({}) is None


def test_stacks_stand_on_the_event_its_exceptions_and_its_threads():
    cause, raised, thread = (
        {"type": "Cause", "stacktrace": STACK},
        {"stacktrace": STACK},
        {"id": 1, "stacktrace": STACK},
    )
    event = {
        "stacktrace": STACK,
        "exception": {"values": [cause, {"type": "Bare", "stacktrace": {}}, raised]},
        "threads": {"values": [{"id": 2}, thread]},
    }
    assert event_parts.stack_holders(event) == [event, raised, cause, thread]


def test_a_place_whose_thing_was_wrong_is_passed_over():
    event = {"exception": {"values": [None, {"type": "E"}]}, "debug_meta": {"images": [None, {"type": "elf"}]}}
    assert event_parts.exceptions(event) == [{"type": "E"}]
    assert event_parts.images(event) == [{"type": "elf"}]
    assert event_parts.frames({"stacktrace": {"frames": [FRAME, None]}}) == [FRAME]


def test_the_message_is_the_one_with_its_parameters():
    assert event_parts.message({"logentry": {"message": "%s failed", "formatted": "pay failed"}}) == "pay failed"
    assert event_parts.message({"logentry": {"message": "%s failed"}}) == "%s failed"


@given(st.dictionaries(st.sampled_from(["exception", "threads", "stacktrace", "logentry"]), JSON))
def test_no_event_breaks_the_reading(event):
    for found in (event_parts.exceptions(event), event_parts.threads(event), event_parts.stack_holders(event)):
        assert all(isinstance(one, dict) for one in found)
    assert isinstance(event_parts.message(event), str)
