"""Which events a project does not want, by type and by message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.config.filters import FilterSettings
from errata.config.model import Project
from errata.contracts.outcomes import Dropped, Reason
from errata.stages.filter import Filter
from errata.stages.filter.globs import GlobSet
from errata.stages.stage import Context

CONTEXT = Context(event_id="a" * 32, received_at=0)
ERROR = {
    "exception": {
        "values": [
            {"type": "KeyError", "value": "'cause'"},
            {"type": "Timeout", "module": "celery.exceptions", "value": "connection reset\nby peer (42)"},
        ]
    }
}
MESSAGE = {"logentry": {"message": "user %s left", "formatted": "user ann left"}}


def ending(event, **settings):
    stage = Filter(Project(id=1, slug="shop", keys=(), filters=FilterSettings(**settings)))
    try:
        assert stage(event, CONTEXT) is event
    except Dropped as dropped:
        return dropped.reason
    return None


@pytest.mark.parametrize("pattern", ["Timeout", "celery.*", "Time???", "*"])
def test_a_type_is_ignored_by_name_or_by_name_with_module(pattern):
    assert ending(ERROR, ignore_types=(pattern,)) is Reason.IGNORED_TYPE


@pytest.mark.parametrize("pattern", ["timeout", "Time", "KeyError", "celery?", "Timeou."])
def test_a_type_stays_when_case_part_or_cause_alone_would_match(pattern):
    assert ending(ERROR, ignore_types=(pattern,)) is None


@pytest.mark.parametrize("pattern", ["*RESET*peer*", "connection*(42)", "Timeout: connection*"])
def test_an_exception_is_ignored_by_its_message_in_any_case(pattern):
    assert ending(ERROR, ignore_messages=(pattern,)) is Reason.IGNORED_MESSAGE


@pytest.mark.parametrize("pattern", ["user %s left", "User * Left", "user ??? left"])
def test_a_message_is_ignored_by_its_template_or_its_text(pattern):
    assert ending(MESSAGE, ignore_messages=(pattern,)) is Reason.IGNORED_MESSAGE


@pytest.mark.parametrize(
    "event", [MESSAGE, ERROR, {}, {"exception": None}, {"exception": {"values": [None, {"type": 3}]}}]
)
def test_without_a_match_an_event_passes(event):
    assert ending(event, ignore_types=("Nope",), ignore_messages=("left", "(42")) is None


def test_a_project_without_filters_drops_nothing():
    assert ending(ERROR) is None


def naive(pattern, text):
    """The textbook glob: slow, and plainly right."""
    reach = {0}
    for char in pattern:
        if char == "*":
            reach = set(range(min(reach, default=len(text) + 1), len(text) + 1))
        else:
            reach = {i + 1 for i in reach if i < len(text) and (char == "?" or text[i].lower() == char.lower())}
    return len(text) in reach


@given(st.text("aB*?.[(\n", max_size=8), st.text("AbB.[(\n", max_size=10))
def test_globs_match_as_the_textbook_says(pattern, text):
    assert GlobSet([pattern], ignore_case=True).matches(text) == naive(pattern, text)


def test_many_stars_stay_linear():
    globs = GlobSet(["*a" * 50 + "b"], ignore_case=False)
    assert not globs.matches("a" * 100_000)
