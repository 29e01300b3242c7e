"""Real events of many SDKs through the whole chain: each must come out as an event."""

from tests.corpora.where import Score

from errata.config.model import Project
from errata.contracts import odd_json
from errata.contracts.outcomes import Dropped, Invalid
from errata.stages.describe import describe
from errata.stages.pipeline import StageFailed, build
from errata.stages.stage import Context

CORPUS = ("sdk_events", "sdk_samples")


def scores(cases):
    chain = build(Project(id=1, slug="corpora", keys=()))
    context = Context(event_id="0" * 32, received_at=1_700_000_000_000_000, hash_key=b"corpora")
    passed = 0
    for case in cases:
        try:
            event = describe(chain(odd_json.loads(case["text"].encode()), context))
            odd_json.dumps(event)
        except (Dropped, Invalid, StageFailed):
            continue
        passed += bool(event["title"])
    return [Score("pass the chain", passed / len(cases), 1.0)]
