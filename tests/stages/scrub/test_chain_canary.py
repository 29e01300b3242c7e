"""Through the whole chain, nothing that was planted is in what would be written; `tests/end_to_end` does it for real."""

import pytest
from tests.stages.scrub.canaries import Canaries

from errata.config.model import Project
from errata.contracts import odd_json
from errata.stages.pipeline import build
from errata.stages.stage import Context

CONTEXT = Context(event_id="f" * 32, received_at=1_790_000_000_000_000, hash_key=b"k" * 32)


@pytest.mark.parametrize("seed", range(20))
def test_no_canary_survives_the_chain(seed):
    canaries = Canaries(seed)
    chain = build(Project(id=1, slug="shop", keys=()))
    written = odd_json.dumps(chain(odd_json.loads(odd_json.dumps(canaries.event())), CONTEXT)).decode()
    assert {secret for secret in canaries.secrets if secret in written} == set()
    assert len(canaries.secrets) > 100
