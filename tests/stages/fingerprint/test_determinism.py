"""One error is one group however it arrives: over every event of the corpora and the load set."""

import json
import random
import re

import pytest
from tests.corpora.where import cases
from tests.data import LOAD_SET, NO_DATA
from tests.stages.fingerprint.making import CONTEXT, stage

from errata.config.model import Project
from errata.stages.normalize import Normalize
from errata.stages.stage import ANNOTATIONS

_ADDRESSES = frozenset({"instruction_addr", "symbol_addr", "image_addr"})
_HASH_IN_NAME = re.compile(r"(?<![0-9a-zA-Z])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}(?![0-9a-zA-Z])")
_SCRIPT = re.compile(r"(?<=\w)\.m?js$")
_NAMES = ("filename", "abs_path", "package")
_NEW = {"event_id": "f" * 32, "timestamp": 1_600_000_000.5, "received": 1_600_000_001, "time_spent": 7}


def events():
    for name in ("grouping", "fingerprint_rules"):
        yield from (case["event"] for case in cases(name) or ())
    yield from (json.loads(case["text"]) for name in ("sdk_events", "sdk_samples") for case in cases(name) or ())
    if LOAD_SET.exists():
        yield from (json.loads(line)["event"] for line in LOAD_SET.read_text(encoding="utf-8").splitlines())


def seen_again(value, random_):
    """Give the same error as another occurrence of another build would send it: every object's keys in another order."""
    if isinstance(value, list):
        return [seen_again(item, random_) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: seen_again(item, random_) for key, item in value.items()}
    if isinstance(found.get("lineno"), int):
        found["lineno"] += 3
    for key in _ADDRESSES & found.keys():
        found[key] = hex(random_.getrandbits(47))
    if "lineno" in found or "function" in found:
        for key in _NAMES:
            if isinstance(found.get(key), str):
                found[key] = _HASH_IN_NAME.sub(lambda old: _other_hash(old.group(), random_), found[key])
                # Few events of the corpora have a hash in a name that counts, so scripts get one.
                found[key] = _SCRIPT.sub(lambda end: f".{_other_hash('0a1b2c3d', random_)}{end.group()}", found[key])
    keys = list(found)
    random_.shuffle(keys)
    return {key: found[key] for key in keys}


def _other_hash(old, random_):
    return "".join(random_.choice("0123456789" if char.isdecimal() else "abcdef") for char in old)


@pytest.fixture(scope="module")
def sent():
    found = [event for event in events() if isinstance(event, dict)]
    if not found:
        pytest.skip(NO_DATA)
    return [json.dumps(event) for event in found]


NORMALIZE = Normalize(Project(id=1, slug="p", keys=()))
FINGERPRINT = stage()


def group(text, fingerprint=FINGERPRINT):
    event = NORMALIZE(json.loads(text), CONTEXT)
    return fingerprint(event, CONTEXT)[ANNOTATIONS]["grouping"]["hash"]


def test_another_occurrence_of_an_error_is_in_its_group(sent):
    random_ = random.Random(1)
    apart = [
        place
        for place, text in enumerate(sent)
        if group(text) != group(json.dumps(seen_again(json.loads(text) | _NEW, random_)))
    ]
    assert apart == []


def test_the_corpora_are_read(sent):
    assert len(sent) > 200


def test_what_the_cache_holds_does_not_matter(sent):
    one, two = stage(), stage()
    assert [group(text, one) for text in sent] == [group(text, two) for text in sent[::-1]][::-1]
