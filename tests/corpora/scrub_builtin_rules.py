"""Each built-in rule over one text: the text and its remark, exactly."""

import re

from tests.corpora.where import Score

from errata.config.model import Project
from errata.config.scrub import DataType, Method, ScrubRule, ScrubSettings
from errata.stages.scrub import Scrub
from errata.stages.stage import Context

CORPUS = "scrub_builtin_rules"

MASKED = ("mac", "uuid", "usssn", "creditcard", "email")
"""What Sentry's rules of these names do when they say no method; the others replace."""
REMARK = re.compile(r'RemarkType::(\w+), "([^"]*)", \((\d+), (\d+)\)')
KINDS = {"Substituted": "s", "Masked": "m", "Pseudonymized": "p", "Removed": "x"}
CONTEXT = Context(event_id="0" * 32, received_at=0)


def run(case):
    """Give the text after the rule, and the remarks on it."""
    kind, _, method = case["rule"].removeprefix("@").partition(":")
    custom = case["kind"] == "assert_custom_rulespec"
    rule = ScrubRule(
        type=DataType(kind),
        method=Method(method or ("mask" if kind in MASKED else "replace")),
        text="[Filtered]" if custom and method == "replace" else "",
        name="0" if custom else case["rule"],
    )
    settings = ScrubSettings(scrub_defaults=False, scrub_personal=False, rules=(rule,))
    event = Scrub(Project(id=1, slug="corpora", keys=(), scrub=settings))({"extra": {"text": case["input"]}}, CONTEXT)
    remarks = event.get("_meta", {}).get("extra", {}).get("text", {}).get("", {}).get("rem", [])
    return event["extra"]["text"], remarks


def scores(cases):
    texts = remarks = 0
    for case in cases:
        text, noted = run(case)
        expected = [
            [rule, KINDS[kind], int(start), int(end)] for kind, rule, start, end in REMARK.findall(case["remarks_raw"])
        ]
        texts += text == case["output"]
        remarks += noted == expected
    return [Score("exact", texts / len(cases), 1.0), Score("remarks", remarks / len(cases), 1.0)]
