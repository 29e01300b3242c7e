"""Level, platform and the event's other own fields."""

import pytest


@pytest.mark.parametrize(
    ("sent", "level"),
    [
        (None, "error"),
        ("WARN", "warning"),
        ("log", "info"),
        ("critical", "fatal"),
        (40, "error"),
        (35, "warning"),
        ("50", "fatal"),
        (10.0, "debug"),
    ],
)
def test_levels_of_all_loggers_become_the_five(normalized, sent, level):
    event = normalized({"level": sent})
    assert event["level"] == level
    assert "errors" not in event


@pytest.mark.parametrize("sent", ["loud", True, -5, {"name": "error"}])
def test_a_level_that_makes_no_sense_is_an_error_and_noted(normalized, sent):
    event = normalized({"level": sent})
    assert event["level"] == "error"
    assert [(note["type"], note["name"]) for note in event["errors"]] == [("invalid_data", "level")]


@pytest.mark.parametrize(
    ("event", "platform"),
    [
        ({"platform": "python"}, "python"),
        ({"platform": "Java"}, "java"),
        ({"platform": "nonsense"}, "other"),
        ({}, "other"),
        ({"sdk": {"name": "sentry.javascript.browser"}}, "javascript"),
        ({"sdk": {"name": "sentry.javascript.node"}}, "node"),
        ({"sdk": {"name": "sentry.dotnet.serilog"}}, "csharp"),
        ({"sdk": {"name": "raven-ruby"}}, "ruby"),
    ],
)
def test_the_platform_is_named_or_told_by_the_sdk(normalized, event, platform):
    assert normalized(event)["platform"] == platform


def test_the_relays_event_id_wins(normalized):
    assert normalized({"event_id": "b" * 32})["event_id"] == "a" * 32


def test_what_only_the_server_writes_is_taken_away(normalized):
    event = normalized({"errata": {"user": "forged"}, "title": "forged", "metadata": {}, "project": 3, "custom": 1})
    assert event.keys() & {"errata", "title", "metadata", "project"} == set()
    assert event["custom"] == 1


@pytest.mark.parametrize(
    ("sent", "fingerprint"),
    [([], None), ("one", ["one"]), (["a", 3, None], ["a", "3"]), ({"a": 1}, None), ([["a"]], None)],
)
def test_a_fingerprint_is_a_list_of_texts_or_nothing(normalized, sent, fingerprint):
    assert normalized({"fingerprint": sent}).get("fingerprint") == fingerprint


def test_old_names_become_the_present_ones(normalized):
    event = normalized({"sentry.interfaces.Http": {"method": "get"}, "sentry.interfaces.User": {"id": 7}})
    assert event["request"] == {"method": "GET"}
    assert event["user"] == {"id": "7"}


def test_errors_come_in_the_order_of_the_event(normalized):
    event = normalized({"extra": 1, "level": [], "modules": 2})
    assert [note["name"] for note in event["errors"]] == ["level", "extra", "modules"]


@pytest.mark.parametrize("field", ["release", "environment", "dist", "transaction", "logger", "server_name"])
def test_blanks_around_a_name_are_no_part_of_it(normalized, field):
    assert normalized({field: " shop@1.0\n"})[field] == "shop@1.0"
    assert field not in normalized({field: "  "})
    assert normalized({field: 3})[field] == "3"


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("release", "latest"),
        ("release", "Latest"),
        ("release", "."),
        ("release", ".."),
        ("release", "a\nb"),
        ("environment", "None"),
        ("environment", ".."),
        ("environment", ["production"]),
    ],
)
def test_some_words_are_no_names(normalized, errors_of, field, name):
    assert field not in normalized({field: name})
    assert errors_of({field: name}) == [("invalid_data", field)]


def test_versions_of_modules_are_texts(normalized):
    event = normalized({"modules": {"a": "1.0", "b": 2, "c": None}})
    assert event["modules"] == {"a": "1.0"}
    assert [note["name"] for note in event["errors"]] == ["modules.b"]
