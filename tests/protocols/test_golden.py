"""Small bodies of each client and family of cases become the events that were once read by eye."""

import json
from pathlib import Path

import pytest
from tests.protocols.converting import BodyFormat, admitted, events_in

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_body_becomes_the_events_that_it_always_did(path):
    golden = json.loads(path.read_text(encoding="utf-8"))
    request = (
        BodyFormat[golden["format"]],
        json.dumps(golden["body"]).encode(),
        {name.encode(): value.encode() for name, value in golden["headers"].items()},
        golden["query"],
    )
    found = admitted(*request)
    assert [list(entry) for entry in found.not_kept] == golden["not_kept"]
    assert [item.event_id for item in found.items] == golden["event_ids"]
    assert events_in(*request) == golden["events"]


def test_every_format_of_errors_has_a_golden_file():
    formats = {json.loads(path.read_text(encoding="utf-8"))["format"] for path in GOLDEN}
    no_errors = {"BUGSNAG_SESSIONS", "AIRBRAKE_STATS", "HONEYBADGER_EVENTS"}
    assert formats == {kind.name for kind in BodyFormat} - no_errors
