"""The dry run: one result a line, in order, whatever the lines hold."""

import json
import subprocess
import sys

import pytest

from errata.config.model import Project
from errata.stages.pipeline import ORDER, build
from errata_cli.commands.try_ import try_line

KEYS = {"event", "outcome", "reason", "fingerprint", "group_hash", "title", "redactions"}


def run(*arguments, lines):
    done = subprocess.run(
        [sys.executable, "-m", "errata_cli", "try", *arguments],
        input="\n".join(lines).encode("utf-8", "surrogatepass"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_every_line_ends_in_one_outcome_in_order():
    done, results = run(lines=['{"message": "one"}', "{broken", "[]", "", '{"message": "two \\ud800"}'])
    assert done.returncode == 0
    assert [result["outcome"] for result in results] == ["accepted", "invalid", "invalid", "invalid", "accepted"]
    assert [result["reason"] for result in results] == [None, "bad_json", "not_an_object", "bad_json", None]
    assert [result["title"] for result in results] == ["one", None, None, None, "two \ufffd"]
    assert all(result.keys() == KEYS for result in results)


def test_the_rules_of_a_project_file_apply(tmp_path):
    rules = tmp_path / "shop.yaml"
    rules.write_text("filters:\n  ignore_messages: ['*health*']\n")
    _, results = run("--project", str(rules), lines=['{"message": "Health check"}', '{"message": "other"}'])
    assert [(result["outcome"], result["reason"]) for result in results] == [
        ("filtered", "ignored_message"),
        ("accepted", None),
    ]


def test_only_the_named_stages_run():
    _, results = run("--only", "normalize", lines=['{"exception": {"type": "A", "value": "b"}, "level": "warn"}'])
    event = results[0]["event"]
    assert (event["level"], event["exception"]) == ("warning", {"values": [{"type": "A", "value": "b"}]})
    assert (results[0]["group_hash"], results[0]["title"]) == (None, "A: b")


@pytest.mark.parametrize(
    ("arguments", "complaint"), [(["--only", "polish"], "polish"), (["--project", "nowhere.yaml"], "nowhere.yaml")]
)
def test_a_wrong_argument_is_told_before_anything_is_read(arguments, complaint):
    done, results = run(*arguments, lines=["{}"])
    assert done.returncode == 1
    assert complaint in done.stderr.decode()
    assert results == []


def test_an_explanation_says_why_the_event_is_grouped_as_it_is():
    _, results = run("--explain", lines=['{"exception": [{"type": "A", "value": "b"}]}'])
    assert results[0]["explanation"]["hash"] == results[0]["group_hash"]


@pytest.mark.parametrize("stage", [stage.name for stage in ORDER])
@pytest.mark.parametrize("depth", [252, 253, 254, 900, 2000])
def test_a_line_however_deep_ends_in_an_outcome_and_the_next_one_too(stage, depth):
    chain = build(Project(id=1, slug="try", keys=()), [stage])
    deep = b'{"extra":' + b'{"a":' * (depth - 2) + b"{}" + b"}" * (depth - 1)
    results = [json.loads(try_line(chain, line, 1, 0)) for line in (deep, b'{"message": "next"}')]
    assert all(result["outcome"] in {"accepted", "invalid"} for result in results)
    assert results[1]["outcome"] == "accepted"


def test_the_help_names_every_stage():
    told = subprocess.run([sys.executable, "-m", "errata_cli", "try", "--help"], capture_output=True, check=True).stdout
    assert ",".join(stage.name for stage in ORDER) in told.decode().replace("\n", "").replace(" ", "").replace("│", "")
