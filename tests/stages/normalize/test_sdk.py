"""Which client sent the event."""

import pytest


def test_the_sdk_of_the_request_is_taken_when_the_event_names_none(normalized):
    assert normalized({}, sdk="sentry.python/2.75.0")["sdk"] == {"name": "sentry.python", "version": "2.75.0"}


def test_an_sdk_is_its_name_version_and_parts(normalized):
    sent = {
        "name": "sentry-java",
        "version": "1.0",
        "integrations": ["log4j", None, 3],
        "packages": [{"name": "a"}, "b"],
    }
    event = normalized({"sdk": sent})
    assert event["sdk"] == {
        "name": "sentry-java",
        "version": "1.0",
        "integrations": ["log4j"],
        "packages": [{"name": "a"}, None],
    }
    assert [note["name"] for note in event["errors"]] == ["sdk.integrations.2", "sdk.packages.1"]


@pytest.mark.parametrize(
    ("sdk", "errors"),
    [
        ({"name": "a"}, [("missing_attribute", "sdk.version")]),
        ({"version": "1"}, [("missing_attribute", "sdk.name")]),
        ({"name": 1, "version": "1"}, [("invalid_data", "sdk.name")]),
        ({"name": None}, [("missing_attribute", "sdk.name"), ("missing_attribute", "sdk.version")]),
        ({}, []),
        (None, []),
        (7, [("invalid_data", "sdk")]),
    ],
)
def test_an_sdk_has_name_and_version(errors_of, sdk, errors):
    assert errors_of({"sdk": sdk}) == errors


def test_an_sdk_may_be_one_text(normalized):
    assert normalized({"sdk": "raven-js/3.0"})["sdk"] == {"name": "raven-js", "version": "3.0"}
