"""Which events a project does not want, by type, by message and by release."""

import pytest

from errata.contracts.outcomes import Reason

ERROR = {
    "exception": {
        "values": [
            {"type": "KeyError", "value": "'cause'"},
            {"type": "Timeout", "module": "celery.exceptions", "value": "connection reset\nby peer (42)"},
        ]
    }
}
MESSAGE = {"logentry": {"message": "user %s left", "formatted": "user ann left"}}


@pytest.mark.parametrize("pattern", ["Timeout", "celery.*", "Time???", "*"])
def test_a_type_is_ignored_by_name_or_by_name_with_module(ending, pattern):
    assert ending(ERROR, ignore_types=(pattern,)) is Reason.IGNORED_TYPE


@pytest.mark.parametrize("pattern", ["timeout", "Time", "KeyError", "celery?", "Timeou."])
def test_a_type_stays_when_case_part_or_cause_alone_would_match(ending, pattern):
    assert ending(ERROR, ignore_types=(pattern,)) is None


@pytest.mark.parametrize("pattern", ["*RESET*peer*", "connection*(42)", "Timeout: connection*"])
def test_an_exception_is_ignored_by_its_message_in_any_case(ending, pattern):
    assert ending(ERROR, ignore_messages=(pattern,)) is Reason.IGNORED_MESSAGE


@pytest.mark.parametrize("pattern", ["user %s left", "User * Left", "user ??? left"])
def test_a_message_is_ignored_by_its_template_or_its_text(ending, pattern):
    assert ending(MESSAGE, ignore_messages=(pattern,)) is Reason.IGNORED_MESSAGE


@pytest.mark.parametrize(
    "event", [MESSAGE, ERROR, {}, {"exception": None}, {"exception": {"values": [None, {"type": 3}]}}]
)
def test_without_a_match_an_event_passes(ending, event):
    assert ending(event, ignore_types=("Nope",), ignore_messages=("left", "(42")) is None


@pytest.mark.parametrize("pattern", ["shop@1.*", "SHOP@1.2.3", "*.3"])
def test_a_release_is_ignored_by_its_pattern_in_any_case(ending, pattern):
    assert ending({"release": "shop@1.2.3"}, ignore_releases=(pattern,)) is Reason.IGNORED_RELEASE


@pytest.mark.parametrize("event", [{"release": "shop@2.0"}, {"release": "xshop@1.2"}, {}, {"release": None}])
def test_other_releases_and_events_without_one_pass(ending, event):
    assert ending(event, ignore_releases=("shop@1.*",)) is None
