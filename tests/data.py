"""Where the test data lies that is no part of the repository: labelled cases, recordings of real clients, the load set.

`ERRATA_TEST_DATA` names the folder; without it, the folder `shared` beside the checkout is used where there is one.
What each part of it is, and which tests need it, stands in the README of this folder.
"""

import os
from pathlib import Path

DATA = Path(os.environ.get("ERRATA_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared")
CORPORA = DATA / "corpora"
RECORDINGS = DATA / "recordings"
LOAD_SET = DATA / "load" / "events.jsonl"

NO_DATA = "test data is not here (ERRATA_TEST_DATA)"
"""Ends the reason of every test that is skipped for that, so that they can be counted."""
