"""Remarks: which rule, what it did, and where in the text as it is now, in characters, as Sentry counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stages.scrub import secrets
from tests.stages.scrub.test_scrub import CARD, scrubbed

from errata.config.model import Project
from errata.config.scrub import DataType, Method, ScrubRule
from errata.stages.pipeline import build
from errata.stages.stage import Context


def remarks(event):
    return event["_meta"]["extra"]["x"][""]


@pytest.mark.parametrize(
    ("text", "expected", "remark"),
    [
        (f"\N{PILE OF POO} {CARD}", "\N{PILE OF POO} [Filtered]", [["@creditcard:filter", "s", 2, 12]]),
        (
            f"\N{PILE OF POO}{CARD}, anna@shop.example \N{GRINNING FACE} 64.1.2.3",
            "\N{PILE OF POO}[Filtered], [email] \N{GRINNING FACE} [ip]",
            [["@creditcard:filter", "s", 1, 11], ["@email", "s", 13, 20], ["@ip", "s", 23, 27]],
        ),
        ("e\N{COMBINING ACUTE ACCENT}: 078-05-1120", "e\N{COMBINING ACUTE ACCENT}: [Filtered]", [["@usssn:filter", "s", 4, 14]]),
    ],
)  # fmt: skip
def test_ranges_count_characters_not_bytes_or_halves_of_pairs(text, expected, remark):
    event = scrubbed({"extra": {"x": text}})
    assert event["extra"]["x"] == expected
    assert remarks(event) == {"rem": remark, "len": len(text)}


@pytest.mark.parametrize(
    ("method", "kind"), [(Method.REPLACE, "s"), (Method.MASK, "m"), (Method.HASH, "p"), (Method.REMOVE, "x")]
)
def test_a_remark_says_what_the_rule_did(method, kind):
    rule = ScrubRule(type=DataType.EMAIL, method=method)
    event = scrubbed({"extra": {"x": "to anna@shop.example."}}, rule)
    ((title, did, start, end),) = remarks(event)["rem"]
    assert (title, did, start) == (f"@email:{method}", kind, 3)
    assert event["extra"]["x"][end:] == "."


def test_a_text_that_was_cut_keeps_its_length_and_where_it_was_cut():
    text = f"{CARD} {'x' * 20_000} {CARD}"
    chain = build(Project(id=1, slug="shop", keys=()), only=["normalize", "scrub"])
    event = chain({"logentry": {"formatted": text}}, Context(event_id="0" * 32, received_at=0))
    meta = event["_meta"]["logentry"]["formatted"][""]
    kept = event["logentry"]["formatted"]
    assert meta["len"] == len(text)
    assert [(rule, kept[start:end]) for rule, _, start, end in meta["rem"]] == [
        ("!limit", "..."),
        ("@creditcard:filter", "[Filtered]"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((0, 2), (0, 2)),
        ((20, 23), (14, 17)),
        ((3, 19), (3, 13)),
        ((0, 23), (0, 17)),
        ((5, 7), (3, 13)),
        ((0, 7), (0, 13)),
        ((7, 21), (3, 15)),
    ],
)
def test_ranges_noted_before_move_with_the_text(before, after):
    meta = {"extra": {"x": {"": {"rem": [["!limit", "s", *before]]}}}}
    event = scrubbed({"extra": {"x": f"ab {CARD} end"}, "_meta": meta})
    assert event["extra"]["x"] == "ab [Filtered] end"
    assert remarks(event)["rem"][0] == ["!limit", "s", *after]


@given(st.lists(st.tuples(st.text(max_size=5), secrets.emails | secrets.card_numbers()), min_size=1, max_size=5))
def test_every_range_holds_what_was_put_there(parts):
    event = scrubbed({"extra": {"x": "".join(f"{before} {secret} " for before, secret in parts)}})
    text = event["extra"]["x"]
    noted = [remark for remark in remarks(event)["rem"] if remark[0] in ("@email", "@creditcard:filter")]
    assert len(noted) >= 1
    for title, _, start, end in noted:
        assert text[start:end] == {"@email": "[email]", "@creditcard:filter": "[Filtered]"}[title]


def test_a_client_that_noted_something_else_there_does_not_stop_it():
    event = scrubbed({"extra": {"x": CARD}, "_meta": {"extra": {"x": "odd"}}})
    assert remarks(event)["rem"] == [["@creditcard:filter", "s", 0, 10]]
