"""Every version of the algorithm groups as it always did."""

import json
from pathlib import Path

import pytest
from tests.stages.fingerprint.making import CONTEXT, stage

from errata.stages.fingerprint.versions import VERSIONS
from errata.stages.stage import ANNOTATIONS

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))

MEANING = """
{name} ({about}) is grouped in another way than before.

Whoever runs version {version} has issues that were made by the old result. With the new one each such error becomes a
new issue: its history, its assignee and "resolved" stay behind on the old one, and every project with a rule on new
issues is alerted, for all its errors at once. So this is no file to update, but a migration: leave {version} as it
was, put the change into a version of its own (libs/errata/stages/fingerprint/versions.py), and add its results here.
"""


def outcome(event, version):
    """Give what a golden file holds of a version."""
    fingerprint = stage(version=version)
    event = fingerprint(event, CONTEXT)
    explanation = fingerprint.explain(event)
    counts = [
        [
            *part["values"],
            *(
                " ".join(frame[key] for key in ("where", "function", "line") if key in frame)
                for frame in part.get("frames", ())
                if frame["contributes"]
            ),
        ]
        for part in explanation["default"]["parts"]
    ]
    found = event[ANNOTATIONS]["grouping"]
    return {
        "by": explanation["default"]["by"],
        "counts": counts,
        "fingerprint": found["fingerprint"],
        "hash": found["hash"],
    }


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_version_never_regroups(path, version):
    golden = json.loads(path.read_text(encoding="utf-8"))
    assert outcome(golden["event"], version) == golden[version], MEANING.format(
        name=path.stem, about=golden["about"], version=version
    )


def test_every_ecosystem_has_a_golden_file():
    assert len(GOLDEN) >= 25
