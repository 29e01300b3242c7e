"""What is Bugsnag's alone: several events in one report."""

import json

from tests.protocols.converting import BodyFormat, events_in

from errata.protocols.bugsnag import admit

KIND = BodyFormat.BUGSNAG_EVENTS


def events_of(*events, **shared):
    return events_in(KIND, json.dumps({"events": events, **shared}).encode())


def test_a_body_counts_as_its_events():
    (item,) = admit(b'{"events":[{},7,{},{}]}', {}, "").items
    assert item.quantity == 3


def test_two_reports_of_a_body_do_not_share_what_they_hold():
    first, second = events_of({"exceptions": []}, {"exceptions": []}, notifier={"name": "n", "version": "1"})
    assert first["sdk"] == second["sdk"] == {"name": "n", "version": "1"}
    first["sdk"]["name"] = "changed"
    assert second["sdk"]["name"] == "n"


def test_what_a_report_says_of_all_its_events_goes_with_the_first_alone():
    shared = {"flux": ["1.21 gigawatts"], "notifier": {"name": "n", "url": "https://n.example"}}
    first, second = events_of({"exceptions": []}, {"exceptions": []}, **shared)
    assert first["contexts"]["bugsnag"] == {"flux": ["1.21 gigawatts"], "notifier": {"url": "https://n.example"}}
    assert "contexts" not in second


def test_an_error_from_go_that_is_not_called_unhandled_was_handled():
    go = {"exceptions": [{"errorClass": "*errors.errorString", "message": "no card", "type": "go"}]}
    node = {"exceptions": [{"errorClass": "Error", "errorMessage": "no card", "type": "nodejs"}]}
    handled = [
        event["exception"]["values"][0]["mechanism"].get("handled")
        for event in events_of(go, {**go, "unhandled": True}, node)
    ]
    assert handled == [True, False, None]


def test_frames_of_many_events_share_what_one_report_may_cost():
    frames = [{"file": "a.js", "lineNumber": number} for number in range(300)]
    event = {"exceptions": [{"errorClass": "E", "stacktrace": frames}]}
    (alone,) = events_of(event)
    *_, last = events_of(*[event] * 100)

    def lines(event):
        return [frame["lineno"] for frame in event["exception"]["values"][0]["stacktrace"]["frames"]]

    assert lines(alone) == [*range(299, 174, -1), *range(124, -1, -1)]
    assert lines(last) == [*range(299, 249, -1), *range(49, -1, -1)]
    assert last["exception"]["values"][0]["mechanism"]["data"] == {"stacktrace": [{"left_out": 200}]}
