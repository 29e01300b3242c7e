"""The gate and the memory only save work: without them every event comes out the same."""

import copy

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stages.scrub import events, secrets
from tests.stages.scrub.test_canary import json_values

from errata.config.scrub import DataType, Method, ScrubRule, ScrubSettings
from errata.contracts import odd_json
from errata.stages.scrub.catalog import By, rules_of
from errata.stages.scrub.gate import Gate
from errata.stages.scrub.memory import Memory
from errata.stages.scrub.ruleset import Ruleset
from errata.stages.scrub.walk import Remembered

EVERY_TYPE = ScrubSettings(
    rules=tuple(
        ScrubRule(type=kind, method=Method.HASH)
        for kind in DataType
        if kind not in (DataType.ANYTHING, DataType.PATTERN)
    ),
    sensitive_fields=("colour", "a-b"),
)
SETTINGS = (ScrubSettings(), EVERY_TYPE)


def bare(of):
    """The same rules, all of them asked about every text, and nothing remembered."""
    ruleset = Ruleset(of)
    every = [
        msgspec.structs.replace(rule, search=msgspec.structs.replace(rule.search, hint=None))
        for rule in rules_of(of)
        if rule.by is By.TEXT
    ]
    ruleset._free = Gate(every)
    ruleset._code = Gate([rule for rule in every if rule.everywhere])
    ruleset._of_keys = Gate([rule for rule in every if not rule.search.whole_text])
    ruleset._remembered = Remembered(Memory(0), Memory(0), Memory(0))
    return ruleset


GATED = [Ruleset(of) for of in SETTINGS]
BARE = [bare(of) for of in SETTINGS]

pieces = st.one_of(
    st.sampled_from(
        "password pass_word PWD token= Authorization: --secret 4111 1111-1111 .1111 DE89 3704 0044 0532 0130 00 sk-ant- "
        "eyJ hbG AKIA :// @ %40 .com :x@h Bearer Basic 10.1 .2.3 ::1 fe80: +44 phone call 078-05-1120 -----BEGIN PRIVATE "
        "KEY----- colour \\n \\t \\\\ \" ' = : , & ; ( ) { } [ ] < > / ? # - _ 0 7 x é".split(" ")
    ),
    st.text(max_size=3),
    st.sampled_from([" ", "\n", "\0"]),
)
noise = st.lists(pieces, max_size=24).map("".join)
texts = noise | st.builds("{}{}{}".format, noise, secrets.beyond_doubt | secrets.personal, noise)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from((0, 1)), st.sampled_from(events.LEAVES), texts, st.sampled_from(events.MAPPINGS), texts)
def test_the_gate_opens_for_all_that_can_be_found(which, leaf, text, holder, key):
    event = events.event()
    events.at(event, leaf[:-1])[leaf[-1]] = text
    events.at(event, holder)[key] = [text]
    plain = copy.deepcopy(event)
    GATED[which].apply(event, b"k")
    BARE[which].apply(plain, b"k")
    assert odd_json.dumps(event) == odd_json.dumps(plain)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text() | st.sampled_from(sorted(events.event())), json_values, max_size=3))
def test_what_is_remembered_changes_nothing(event):
    fresh, again = copy.deepcopy(event), copy.deepcopy(event)
    counts = BARE[0].apply(fresh, b"k")
    GATED[0].apply(event, b"k")
    assert GATED[0].apply(again, b"k") == counts
    assert odd_json.dumps(again) == odd_json.dumps(fresh)
