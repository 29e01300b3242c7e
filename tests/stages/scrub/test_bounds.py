"""What is too large, too deep or too full of finds to be looked at piece by piece is taken whole, or refused."""

import orjson
import pytest
from tests.stages.scrub.scrubbing import CARD, scrubbed

from errata.contracts.outcomes import Invalid, Reason


@pytest.mark.parametrize(
    "container",
    [
        {f"user{number}@shop.example": number for number in range(6000)},
        {f"password_{number}": f"x{number}" for number in range(6000)},
        [["X-Token", f"x{number}"] for number in range(6000)],
        ["--token", "abc"] * 3000,
        [int(CARD)] * 6000,
        [{"name": "password", "value": "x1"}] * 6000,
    ],
)
def test_a_container_too_large_to_look_at_each_value_is_taken_whole(container):
    event = scrubbed({"extra": {"dump": container, "next": 1}})
    assert event["extra"] == {"dump": None, "next": 1}
    assert sum(event["errata"]["redactions"].values()) == 1


def test_a_large_container_without_finds_is_left():
    dump = {f"field_{number}": [number, None, f"value {number}"] for number in range(6000)}
    assert scrubbed({"extra": dict(dump)})["extra"] == dump


def test_beyond_a_number_of_places_texts_are_taken_whole_and_only_counted():
    lists = [[f"at {number}@shop.example" for number in range(100)] for _ in range(40)]
    event = scrubbed({"extra": {"lists": lists}})
    assert {text for texts in event["extra"]["lists"] for text in texts} == {"at [email]", "[email]"}
    assert event["errata"]["redactions"] == {"@email": 4000}
    assert len(orjson.dumps(event["_meta"])) < 2100 * 100


@pytest.mark.parametrize("named", ["v", "token"])
def test_beyond_a_number_of_places_variables_are_taken_whole(named):
    frames = [{"vars": {f"{named}{number}": f"at {number}@shop.example" for number in range(100)}} for _ in range(40)]
    event = scrubbed({"exception": {"values": [{"stacktrace": {"frames": frames}}]}})
    kept = event["exception"]["values"][0]["stacktrace"]["frames"]
    assert len(kept) == 40
    assert kept[0]["vars"] is not None
    assert kept[39]["vars"] is None
    assert b"@shop" not in orjson.dumps(event)


def test_a_text_of_nothing_but_finds_is_taken_whole():
    event = scrubbed({"extra": {"dump": "anna@shop.example " * 5000, "next": "bob@shop.example"}})
    assert event["extra"] == {"dump": "[email]", "next": "[email]"}


def test_an_event_deeper_than_json_is_written_is_refused():
    event = leaf = {}
    for _ in range(400):
        leaf["a"] = leaf = {}
    with pytest.raises(Invalid) as refused:
        scrubbed(event)
    assert refused.value.reason is Reason.TOO_DEEP
