"""Whatever stands in an event, the stage groups it, twice alike, and leaves what can be stored."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stages.fingerprint.making import CONTEXT, event, exception, frame, group, grouping, stage

from errata.stages.stage import ANNOTATIONS

KEYS = st.sampled_from(
    "exception values type value module mechanism synthetic is_exception_group meta ns_error domain code stacktrace frames "
    "function filename abs_path package context_line in_app platform data sourcemap threads crashed current name id "
    "logentry message formatted params fingerprint tags csp blocked_uri effective_directive template errata title".split()
)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["python", "javascript", "native", "java", "{{ default }}", "{{ tags.a }}", "<(<(", "'x", "\ud800", "\0"]
    ),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=25,
)
EVENTS = st.dictionaries(KEYS, ANYTHING, max_size=6)

RULES = {
    "fingerprint_rules": "type:a function:*b message:*c* !tags.a:x app:no path:**/y -> {{ message }}, {{ function }}{{ default }}",
    "stack_rules": "[ function:a ] | function:* | [ app:yes ] ^-group\nvalue:*a* +app\nfamily:all max-frames=2 min-frames=1",
}
PLAIN, RULED = stage(), stage(**RULES)


@settings(max_examples=400, deadline=None)
@given(EVENTS)
def test_any_event_gets_a_group_and_the_same_one_twice(sent):
    text = json.dumps(sent)
    for each in (PLAIN, RULED):
        first, second = (each(json.loads(text), CONTEXT) for _ in range(2))
        assert first[ANNOTATIONS]["grouping"] == second[ANNOTATIONS]["grouping"]
        assert len(first[ANNOTATIONS]["grouping"]["hash"]) == 16
        assert all(isinstance(part, str) for part in first["fingerprint"])


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_any_event_can_be_explained_and_explaining_changes_nothing(sent):
    for each in (PLAIN, RULED):
        event_ = each(json.loads(json.dumps(sent)), CONTEXT)
        before = json.dumps(event_)
        assert each.explain(event_)["hash"] == event_[ANNOTATIONS]["grouping"]["hash"]
        assert json.dumps(event_) == before


@pytest.mark.parametrize("wrong", [["a"], {"a": 1}, 7, 1.5, True, None])
def test_a_name_that_is_no_text_is_as_if_absent(wrong):
    odd = event(exception({**frame("f", in_app=True), "module": wrong}))
    assert group(odd) == group(event(exception(frame("f", in_app=True))))


def test_fingerprints_of_a_client_are_bounded():
    parts = grouping({"fingerprint": ["x" * 100_000] * 100_000})["fingerprint"]
    assert len(parts) == 64
    assert max(map(len, parts)) == 512


def test_frames_of_all_exceptions_together_are_bounded():
    stage_ = stage()
    many = [exception(*(frame(f"f{n}_{at}", module="m") for n in range(100)), kind=f"E{at}") for at in range(200)]
    stage_(event(*many), CONTEXT)
    assert stage_.frames.cached.cache_info().currsize <= 1_100
