"""Browser messages in other languages, as an exception's value and through the whole of normalize."""

from tests.corpora.where import Score

from errata.config.model import Project
from errata.stages.normalize import Normalize
from errata.stages.stage import Context

CORPUS = "browser_error_locales"


def translated(stage, text):
    event = {"platform": "javascript", "exception": {"values": [{"type": "Error", "value": text}]}}
    event = stage(event, Context(event_id="0" * 32, received_at=1_700_000_000_000_000))
    return event["exception"]["values"][0].get("value")


def scores(cases):
    stage = Normalize(Project(id=1, slug="corpora", keys=()))
    right = sum(translated(stage, case["input"]) == case["expected"] for case in cases)
    english = sum(translated(stage, case["expected"]) == case["expected"] for case in cases)
    return [Score("translated", right / len(cases), 0.99), Score("English unchanged", english / len(cases), 1.0)]
