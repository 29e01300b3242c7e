"""Breadcrumbs."""

import pytest


def test_breadcrumbs_keep_the_newest(normalized):
    event = normalized({"breadcrumbs": [{"message": str(index), "level": "log"} for index in range(150)]})
    crumbs = event["breadcrumbs"]["values"]
    assert (len(crumbs), crumbs[0]["message"], crumbs[-1]["level"]) == (100, "50", "info")
    assert event["_meta"]["breadcrumbs"]["values"][""]["len"] == 150


def test_a_breadcrumb_has_type_and_level(normalized):
    sent = {"values": [{}, {"ty": "http", "level": "warn", "timestamp": "2019-07-11T19:26:32Z"}, None]}
    assert normalized({"breadcrumbs": sent})["breadcrumbs"]["values"] == [
        {"type": "default", "level": "info"},
        {"type": "http", "level": "warning", "timestamp": 1562873192.0},
        None,
    ]


@pytest.mark.parametrize("field", ["data", "message", "category", "type", "timestamp", "level"])
def test_a_wrong_field_of_a_breadcrumb_is_removed(normalized, errors_of, field):
    sent = {"breadcrumbs": [{field: {"a": 1} if field != "data" else "foo"}]}
    assert errors_of(sent) == [("invalid_data", f"breadcrumbs.values.0.{field}")]
    assert normalized(sent)["breadcrumbs"]["values"] == [{"type": "default", "level": "info"}]


@pytest.mark.parametrize("sent", [{}, {"values": []}, {"values": [None]}, [], None])
def test_no_breadcrumbs_are_nothing(normalized, sent):
    assert "breadcrumbs" not in normalized({"breadcrumbs": sent})
