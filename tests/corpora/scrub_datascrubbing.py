"""Sentry's project settings over whole events: values exactly, remarks apart.

Values are compared in the one form that normalize gives to each thing, on both sides: Sentry shows cookies as pairs
and headers with capitals, which is not what is asked here. Where Errata chooses otherwise the case stands in
`DIFFERENT`, with the reason.
"""

import copy

from tests.corpora.where import Score

from errata.config.model import Project
from errata.config.scrub import ScrubSettings
from errata.stages.normalize import Normalize
from errata.stages.scrub import Scrub
from errata.stages.stage import Context

CORPUS = "scrub_datascrubbing"

DIFFERENT = {
    "test_contexts": "Keys that name secrets are scrubbed in every context; Sentry leaves them in those it knows.",
    "test_sanitize_http_body": "E-mail addresses are personal data and scrubbed by default; Sentry keeps them.",
}

CONTEXT = Context(event_id="0" * 32, received_at=1_700_000_000_000_000)


def compare(case):
    """Give the event after scrubbing and the expected one, without remarks, and both sides' remarks."""
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in case["config"].items()}
    project = Project(id=1, slug="corpora", keys=(), scrub=ScrubSettings(**settings))
    event = Scrub(project)(Normalize(project)(copy.deepcopy(case["input"]), CONTEXT), CONTEXT)
    remarks = event.pop("_meta", None)
    expected = {"request": case["expected"]} if case["expected_is_request_only"] else case["expected"]
    expected = Normalize(project)(copy.deepcopy(expected), CONTEXT)
    expected.pop("_meta", None)
    return _shown(event, case), _shown(expected, case), remarks, case["expected_meta"]


def scores(cases):
    compared = {case["id"]: compare(case) for case in cases}
    exact = [name for name, (ours, expected, _, _) in compared.items() if ours == expected]
    noted = [name for name in exact if compared[name][2] == compared[name][3]]
    explained = [name for name in compared if name in exact or name in DIFFERENT]
    return [
        Score("exact", len(exact) / len(cases), 0.9),
        Score("exact or on the list", len(explained) / len(cases), 1.0),
        Score("remarks, of the exact", len(noted) / max(1, len(exact)), 0.8),
    ]


def _shown(event, case):
    """The parts that the case is about. A field that was emptied is the same as one that is not there; how headers
    are capitalized and ordered is not scrubbing.
    """
    shown = {part: _filled(event.get(part)) for part in case["input"]}
    request = shown.get("request") or {}
    if "headers" in request:
        request["headers"] = sorted([name.lower(), value] for name, value in request["headers"])
    return shown


def _filled(value):
    """The value without nulls, empty texts and objects that hold nothing."""
    if isinstance(value, dict):
        return {key: kept for key, below in value.items() if (kept := _filled(below)) is not None} or None
    if isinstance(value, list):
        return [_filled(below) for below in value]
    return None if value == "" else value
