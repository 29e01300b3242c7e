"""Where the labelled cases lie, and how they are read; they are never part of the repository."""

import json
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared"
CORPORA = SHARED / "corpora"


def cases(name):
    """Give the cases of a corpus, or None when it is not on this machine."""
    path = CORPORA / f"{name}.jsonl"
    if not path.exists():
        return None
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
