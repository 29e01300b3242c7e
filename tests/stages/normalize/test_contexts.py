"""Contexts: what kind each is, what its fields must be, what descriptions tell."""

import pytest


def context_of(normalized, kind, sent):
    return normalized({"contexts": {kind: sent}})["contexts"][kind]


def test_contexts_know_their_type(normalized):
    event = normalized({"contexts": {"os": {"name": "Linux"}, "cart": {"items": 3}, "empty": {}, "wrong": "x"}})
    assert event["contexts"] == {"os": {"name": "Linux", "type": "os"}, "cart": {"items": 3, "type": "default"}}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Microsoft Windows 6.1.7601 S", {"name": "Windows", "version": "7", "build": "7601"}),
        ("Microsoft Windows NT 10.0.19041.0", {"name": "Windows", "version": "10", "build": "19041"}),
        ("Windows 10 (10.0.19042) 64bit", {"name": "Windows", "version": "10", "build": "19042"}),
        ("Microsoft Windows NT 10.0.22621.0", {"name": "Windows", "version": "11", "build": "22621"}),
        ("Microsoft Windows NT 10.0.20348.0", {"name": "Windows", "version": "10.0.20348", "build": "20348"}),
        ("Android OS 11 / API-30 (RP1A.201005.001/2107031736)", {"name": "Android", "version": "11"}),
        ("Android OS 4.4.2 / API-19 (KOT49H/A536)", {"name": "Android", "version": "4.4.2"}),
        ("Mac OS X 10.14.2 (18C54)", {"name": "macOS", "version": "10.14.2", "build": "18C54"}),
        ("iOS 14.3", {"name": "iOS", "version": "14.3"}),
        ("Linux 5.11 Ubuntu 20.04 64bit", {"name": "Ubuntu", "version": "20.04", "kernel_version": "5.11"}),
        ("Linux 4.4.0-43-Microsoft #1 Wed Dec 31", {"name": "Linux", "kernel_version": "4.4.0"}),
        ("Darwin 17.4.0 Darwin Kernel Version 17.4.0: Sun Dec 17", {"name": "Darwin", "kernel_version": "17.4.0"}),
        ("Unix 17.5.0.0", {"name": "Unix", "kernel_version": "17.5.0"}),
        ("Nintendo Switch", {"name": "Nintendo OS"}),
        ("something else", {}),
    ],
)
def test_a_system_is_read_out_of_its_description(normalized, description, expected):
    found = context_of(normalized, "os", {"raw_description": description})
    assert found == {"raw_description": description, "type": "os", **expected}


def test_a_description_says_nothing_beside_a_name(normalized):
    found = context_of(normalized, "os", {"raw_description": "Mac OS X 10.14.2", "name": "own"})
    assert "version" not in found


@pytest.mark.parametrize(
    ("sent", "name", "version"),
    [
        ({"raw_description": ".NET Framework 4.7.3056.0", "build": "461814"}, ".NET Framework", "4.7.2"),
        ({"raw_description": ".NET Framework 4.8.4250.0"}, ".NET Framework", "4.8.4250.0"),
        ({"raw_description": ".NET Framework 200.0", "build": "999999"}, ".NET Framework", "200.0"),
        ({"name": ".NET Framework", "version": "4.0.30319.42000", "build": 461808}, ".NET Framework", "4.7.2"),
        ({"raw_description": ".NET Core 3.1.9"}, ".NET Core", "3.1.9"),
        ({"raw_description": "Mono 5.10.1.47 (2017-12/8eb8f7d5e74)"}, "Mono", "5.10.1.47"),
        ({"raw_description": "anything 1.2"}, "anything", "1.2"),
    ],
)
def test_a_runtime_is_read_out_of_its_description(normalized, sent, name, version):
    found = context_of(normalized, "runtime", sent)
    assert (found["name"], found["version"]) == (name, version)


def test_fields_of_known_contexts_are_in_form(normalized):
    event = normalized(
        {
            "contexts": {
                "os": {"name": 7, "build": 19042, "rooted": "no"},
                "device": {"battery_level": 55.5, "memory_size": "much", "charging": True, "own": [1]},
                "app": {"app_build": 12, "app_name": False},
                "mine": {"name": 7},
            }
        }
    )
    assert event["contexts"] == {
        "os": {"build": "19042", "type": "os"},
        "device": {"battery_level": 55.5, "charging": True, "own": [1], "type": "device"},
        "app": {"app_build": "12", "type": "app"},
        "mine": {"name": 7, "type": "default"},
    }
    assert [note["name"] for note in event["errors"]] == [
        "contexts.os.name",
        "contexts.os.rooted",
        "contexts.device.memory_size",
        "contexts.app.app_name",
    ]


def test_what_only_a_server_says_is_taken_away(normalized):
    assert "contexts" not in normalized({"contexts": {"reprocessing": {"original_issue_id": 1}}})


@pytest.mark.parametrize(
    ("status", "stored"),
    [(None, "unknown"), ("ok", "ok"), ("canceled", "cancelled"), (5, "not_found"), ("odd", "unknown")],
)
def test_a_trace_has_a_status(normalized, status, stored):
    trace = context_of(
        normalized, "trace", {"trace_id": "A" * 32, "span_id": "b" * 16, "parent_span_id": None, "status": status}
    )
    assert trace == {"trace_id": "a" * 32, "span_id": "b" * 16, "status": stored, "type": "trace"}


def test_a_trace_has_ids(errors_of):
    assert errors_of({"contexts": {"trace": {"trace_id": "0" * 32}}}) == [
        ("invalid_data", "contexts.trace.trace_id"),
        ("missing_attribute", "contexts.trace.span_id"),
    ]


def test_a_response_is_read_like_a_request(normalized):
    found = context_of(
        normalized,
        "response",
        {
            "status_code": 500,
            "headers": {"set-cookie": "a=b; Path=/; HttpOnly", "content-type": "application/json"},
            "data": '{"a": 1}',
        },
    )
    assert found == {
        "type": "response",
        "status_code": 500,
        "headers": [["Content-Type", "application/json"]],
        "cookies": [["a", "b"]],
        "data": {"a": 1},
        "inferred_content_type": "application/json",
    }


def test_large_contexts_are_cut_each_for_itself(normalized):
    event = normalized({"contexts": {"large": {"text": ["x" * 100] * 5000}, "os": {"name": "Linux"}}})
    assert len(event["contexts"]["large"]["text"]) < 1000
    assert event["contexts"]["os"] == {"name": "Linux", "type": "os"}
    assert event["_meta"]["contexts"]["large"]["text"][""]["len"] == 5000
