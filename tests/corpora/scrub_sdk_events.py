"""Real events of many SDKs, with no settings: what scrubbing changes that holds no personal data.

Some of these events do hold some: a field counts as one of those when its key says so (`email`, `ip_address`, a
secret's name) or when its text holds an address, a card or a password by the form. All other changes are mistakes.
"""

import copy
import re

from tests.corpora.where import Score

from errata.config.model import Project
from errata.contracts import odd_json
from errata.stages.scrub import Scrub
from errata.stages.stage import Context

CORPUS = ("sdk_events", "sdk_samples")

PROTECTED = ("function", "filename", "module", "release", "sdk", "debug_meta")
PERSONAL_KEY = re.compile(r"(?i)e-?mail|ip_address|password|secret|token|auth|cookie|session")
PERSONAL_TEXT = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|://[^\s:/@]+:[^\s/@]+@")


def scores(cases):
    scrub = Scrub(Project(id=1, slug="corpora", keys=()))
    context = Context(event_id="0" * 32, received_at=0)
    count = changed = mistaken = protected = 0
    for case in cases:
        before = odd_json.loads(case["text"].encode())
        after = dict(leaves(scrub(copy.deepcopy(before), context)))
        for path, value in leaves(before):
            count += 1
            if "_meta" not in path and after.get(path, "") != value:
                changed += 1
                protected += any(step in PROTECTED for step in path)
                personal = PERSONAL_TEXT.search(str(value)) or any(PERSONAL_KEY.search(str(step)) for step in path[-2:])
                mistaken += not (personal or _is_secret_pair(before, path))
    return [
        Score("changed leaves", changed / count, 0.001, at_most=True),
        Score("changed without cause", mistaken / count, 0.0001, at_most=True),
        Score("changed names of code", protected, 0, at_most=True),
    ]


def leaves(value, path=()):
    """Every leaf with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path, value
    else:
        for key, below in items:
            yield from leaves(below, (*path, key))


def _is_secret_pair(event, path):
    """Whether the leaf is the second of a pair whose first names a secret."""
    *above, last = path
    container = event
    for step in above:
        container = container[step]
    return last == 1 and isinstance(container, list) and PERSONAL_KEY.search(str(container[0]))
