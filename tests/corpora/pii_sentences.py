"""Sentences with labelled personal data, put into each place of an event where free text stands, with no settings.

A span is scrubbed when no run of five or more of its characters survives anywhere in the event.
"""

from collections import Counter
from difflib import SequenceMatcher

from tests.corpora.where import Score

from errata.config.model import Project
from errata.stages.scrub import Scrub
from errata.stages.stage import Context

CORPUS = "pii_sentences"

IN_SCOPE = ("CREDIT_CARD", "IBAN_CODE", "US_SSN", "EMAIL_ADDRESS", "IP_ADDRESS", "PHONE_NUMBER")
SURVIVES = 5

PLACES = {
    "message": lambda text: {"logentry": {"formatted": text}},
    "exception value": lambda text: {"exception": {"values": [{"type": "Error", "value": text}]}},
    "breadcrumb": lambda text: {"breadcrumbs": {"values": [{"message": text}]}},
    "request data": lambda text: {"request": {"data": {"text": text}}},
    "extra": lambda text: {"extra": {"text": text}},
    "frame vars": lambda text: {"exception": {"values": [{"stacktrace": {"frames": [{"vars": {"text": text}}]}}]}},
    "tag value": lambda text: {"tags": [["text", text]]},
}


def scores(cases):
    scrub = Scrub(Project(id=1, slug="corpora", keys=()))
    context = Context(event_id="0" * 32, received_at=0)
    found, all_of = Counter(), Counter()
    outside = changed = 0
    for case in cases:
        text = case["full_text"]
        labelled = {at for span in case["spans"] for at in range(span["start_position"], span["end_position"])}
        for place in PLACES.values():
            event = scrub(place(text), context)
            event.pop("errata")
            event.pop("_meta", None)
            kept = text_of(event)
            outside += len(text) - len(labelled)
            changed += sum(at not in labelled for at in changes(text, kept))
            for span in case["spans"]:
                if span["entity_type"] in IN_SCOPE:
                    all_of[span["entity_type"]] += 1
                    found[span["entity_type"]] += not survives(
                        text[span["start_position"] : span["end_position"]], kept
                    )
    return [
        Score("recall", found.total() / all_of.total(), 0.98),
        *(Score(f"recall {kind.lower()}", found[kind] / all_of[kind], 0.9) for kind in IN_SCOPE if all_of[kind]),
        Score("changed outside spans", changed / outside, 0.005, at_most=True),
    ]


def survives(value, text):
    """Whether a run of the value's characters is still there."""
    size = min(SURVIVES, len(value))
    return any(value[at : at + size] in text for at in range(len(value) - size + 1))


def changes(before, after):
    """The positions in the text before that are not the same after."""
    if before == after:
        return []
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [at for tag, start, end, _, _ in codes if tag != "equal" for at in range(start, end)]


def text_of(value):
    """The one long text of an event that was made around it."""
    if isinstance(value, dict):
        return max((text_of(below) for below in value.values()), key=len, default="")
    if isinstance(value, list):
        return max((text_of(below) for below in value), key=len, default="")
    return value if isinstance(value, str) else ""
