"""Strings that break software, in every place where people see text: read back equal after normalize.

Documented trimming: an empty text is absent, and a text over the limit of its field is cut; names that people choose
(tags, release, environment) lose blanks around them, and some words are no names. Other stages may change what looks
like personal data, so only normalize runs.
"""

from tests.corpora.where import Score

from errata.config.model import Project
from errata.contracts import odd_json
from errata.stages.normalize import Normalize
from errata.stages.stage import Context

CORPUS = "naughty_strings"

PLACES = {
    "message": (lambda s: {"logentry": {"formatted": s}}, lambda e: e["logentry"]["formatted"]),
    "type": (lambda s: {"exception": [{"type": s, "value": "v"}]}, lambda e: e["exception"]["values"][0]["type"]),
    "value": (lambda s: {"exception": [{"type": "T", "value": s}]}, lambda e: e["exception"]["values"][0]["value"]),
    "tag": (lambda s: {"tags": {"k": s}}, lambda e: e["tags"][0][1]),
    "function": (
        lambda s: {"stacktrace": {"frames": [{"function": s, "lineno": 1}]}},
        lambda e: e["stacktrace"]["frames"][0]["function"],
    ),
    "file": (
        lambda s: {"stacktrace": {"frames": [{"abs_path": s}]}},
        lambda e: e["stacktrace"]["frames"][0]["abs_path"],
    ),
    "username": (lambda s: {"user": {"username": s}}, lambda e: e["user"]["username"]),
    "release": (lambda s: {"release": s}, lambda e: e["release"]),
    "environment": (lambda s: {"environment": s}, lambda e: e["environment"]),
}


NO_NAMES = {"release": {".", "..", "latest"}, "environment": {".", "..", "none"}}
STRIPPED = {"tag", "release", "environment"}


def survives(stage, place, text):
    make, look = PLACES[place]
    if place in STRIPPED:
        text = text.strip()
    event = odd_json.loads(odd_json.dumps(make(text)))
    event = stage(event, Context(event_id="0" * 32, received_at=1_700_000_000_000_000))
    try:
        found = odd_json.loads(odd_json.dumps(look(event)))
    except KeyError:
        return not text or text.lower() in NO_NAMES.get(place, ())
    return found == text or ("..." in found and len(found) < len(text))


def scores(cases):
    stage = Normalize(Project(id=1, slug="corpora", keys=()))
    rows = []
    for place in PLACES:
        good = sum(survives(stage, place, case["text"]) for case in cases)
        rows.append(Score(f"read back in {place}", good / len(cases), 1.0))
    return rows
