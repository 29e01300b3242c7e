"""What a real Sentry made of whole events: name by name the fields that people and queries see."""

import json

from tests.corpora.where import Score

from errata.config.model import Project
from errata.contracts import odd_json
from errata.stages.describe import describe
from errata.stages.normalize import Normalize
from errata.stages.stage import Context

CORPUS = "stored_event_pairs"

FIELDS = (
    "title",
    "culprit",
    "type",
    "metadata",
    "platform",
    "level",
    "logger",
    "environment",
    "release",
    "transaction",
)


def compare(case):
    """Yield each named field with ours and Sentry's, where Sentry's is not empty."""
    stage = Normalize(Project(id=1, slug="corpora", keys=()))
    context = Context(event_id="0" * 32, received_at=1_700_000_000_000_000)
    ours = describe(stage(odd_json.loads(case["incoming_text"].encode()), context))
    theirs = case["sentry_event_json"]
    theirs = json.loads(theirs) if isinstance(theirs, str) else theirs
    for name in FIELDS:
        if theirs.get(name):
            yield name, ours.get(name), theirs[name]
    tags = dict(ours.get("tags", ()))
    for key, value in theirs["tags"]:
        yield f"tags.{key}", tags.get(key), value
    for key in ("browser", "os"):
        for field, value in (theirs.get("contexts", {}).get(key) or {}).items():
            if value:
                yield f"contexts.{key}.{field}", ours.get("contexts", {}).get(key, {}).get(field), value
    yield "timestamp", round(ours["timestamp"], 3), round(theirs["timestamp"], 3)


def scores(cases):
    results = [ours == theirs for case in cases for _, ours, theirs in compare(case)]
    return [Score("fields alike", sum(results) / len(results), 0.9)]
