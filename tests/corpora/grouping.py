"""Our groups against Sentry's, pair by pair over the labelled events; each event with the rules that it carries."""

from functools import cache
from itertools import combinations

from tests.corpora.where import Score

from errata.config.grouping import GroupingSettings
from errata.config.model import Project
from errata.stages.pipeline import build
from errata.stages.stage import ANNOTATIONS, Context

CORPUS = "grouping"

_CONTEXT = Context(event_id="0" * 32, received_at=1_700_000_000_000_000)


def group_of(event):
    """Give the group hash of an event after normalize and fingerprint.

    Sentry's test events name the stack-trace rules of their project, so each is grouped in a project that has them.
    """
    chain = _chain((event.get("_grouping") or {}).get("enhancements", ""))
    return chain(event, _CONTEXT)[ANNOTATIONS]["grouping"]["hash"]


@cache
def _chain(stack_rules):
    project = Project(id=1, slug="corpora", keys=(), grouping=GroupingSettings(stack_rules=stack_rules))
    return build(project, ["normalize", "fingerprint"])


def pairs(cases):
    """Give the counts of pairs: grouped rightly, grouped wrongly, kept apart wrongly."""
    labelled = [case for case in cases if case["expected_group"]]
    groups = [(case["expected_group"], group_of(case["event"])) for case in labelled]
    right = wrong = missed = 0
    for (wanted, ours), (other_wanted, other_ours) in combinations(groups, 2):
        right += wanted == other_wanted and ours == other_ours
        wrong += wanted != other_wanted and ours == other_ours
        missed += wanted == other_wanted and ours != other_ours
    return right, wrong, missed


def scores(cases):
    """Give the figures of the corpus."""
    right, wrong, missed = pairs(cases)
    return [
        Score("pairwise F1", 2 * right / max(1, 2 * right + wrong + missed), 0.90),
        Score("precision", right / max(1, right + wrong), 0.95),
    ]
