"""Fingerprint rules against Sentry's: computed fingerprint, matched rule and title, all three exact.

Each case is run twice: with the rule in its structured form, and with the text that Sentry shows for the matched rule.
"""

import msgspec
import yaml
from tests.corpora.where import Score

from errata.config.grouping import GroupingSettings
from errata.config.model import Project
from errata.stages.describe import describe
from errata.stages.pipeline import build
from errata.stages.stage import Context

CORPUS = "fingerprint_rules"


def outcome(event, rules):
    """Give fingerprint, matched rule and title of an event in a project with these rules."""
    grouping = msgspec.convert({"fingerprint_rules": rules}, GroupingSettings)
    chain = build(Project(id=1, slug="corpora", keys=(), grouping=grouping), ["normalize", "fingerprint"])
    event = describe(chain(event, Context(event_id="0" * 32, received_at=1_700_000_000_000_000)))
    rule = event.get("_fingerprint_info", {}).get("matched_rule", {}).get("text")
    return event["fingerprint"], rule, event["title"]


def is_exact(case):
    """Tell whether the case is met in every form of its rule."""
    event = dict(case["event"])
    rules = event.pop("_fingerprinting_rules")
    *_, expected = yaml.safe_load_all(case["expected_snapshot_yaml"])
    custom = expected["variants"].get("custom-fingerprint")
    salted = next((v["values"] for v in expected["variants"].values() if "values" in v), ["{{ default }}"])
    rule = custom["matched_rule"] if custom else None
    wanted = (custom["values"] if custom else salted, rule, expected["title"])
    forms = [rules, rule] if rule else [rules]
    return all(outcome(msgspec.json.decode(msgspec.json.encode(event)), form) == wanted for form in forms)


def scores(cases):
    """Give the figures of the corpus."""
    return [Score("exact", sum(map(is_exact, cases)) / len(cases), 1.0)]
