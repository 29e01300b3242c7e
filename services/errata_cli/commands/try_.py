"""`errata try`: run the stages over events from a file, without any server, and see what becomes of each.

For people who write rules: which events would be dropped, what would be scrubbed, which would be one issue.
"""

import sys
import time
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import yaml
from cyclopts import Parameter

from errata.config.loading import ConfigError, parse_project
from errata.config.model import Project
from errata.contracts import odd_json
from errata.contracts.ids import derived_id
from errata.contracts.outcomes import Dropped, Invalid, OutcomeKind, Reason
from errata.stages.describe import describe
from errata.stages.normalize import Normalize
from errata.stages.pipeline import Chain, StageFailed, build
from errata.stages.stage import ANNOTATIONS, Context, Event

ACCEPTED = "accepted"
"""The outcome of an event that passes all stages; the others are those of `errata.contracts.outcomes`."""

_HASH_KEY = b"errata try"
"""User hashes of a dry run are comparable with one another, not with those of an installation."""
_MISSING: dict[str, Any] = {"id": 1, "slug": "try", "keys": []}
"""What a project file may leave out here: a dry run needs the rules alone."""


def try_(
    *,
    project: Annotated[Path | None, Parameter(help="A project file (YAML) with the rules to try.")] = None,
    only: Annotated[str, Parameter(help="Run just these stages: normalize,filter,scrub,fingerprint.")] = "",
    explain: Annotated[bool, Parameter(help="Add why each event is grouped as it is.", negative="")] = False,
) -> int:
    """Read one event a line from standard input; write a line each to standard output, in the same order.

    Each line is `{"event", "outcome", "reason", "fingerprint", "group_hash", "title", "redactions"}`. `event` is the
    canonical event after the stages, null when there is none.
    """
    try:
        rules = _read_project(project) if project else Project(id=1, slug="try", keys=())
        chain = build(rules, [name.strip() for name in only.split(",")] if only else None)
    except (ConfigError, OSError, ValueError) as error:
        print(f"errata try: {error}", file=sys.stderr)
        return 1
    try:
        _run(chain, sys.stdin.buffer, sys.stdout.buffer, explain=explain)
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        sys.stderr.close()
    return 0


def _run(chain: Chain, lines: BinaryIO, results: BinaryIO, *, explain: bool) -> None:
    for number, line in enumerate(lines, 1):
        result = try_line(chain, line, number, time.time_ns() // 1_000, explain=explain)
        results.write(odd_json.dumps(result) + b"\n")
        results.flush()  # whoever pipes sees each result when it is there


def try_line(chain: Chain, line: bytes, number: int, now: int, *, explain: bool = False) -> dict[str, Any]:
    """Give what becomes of the event on a line; `now`, in microseconds, is taken for its time of receipt."""
    result: dict[str, Any] = dict.fromkeys(
        ("event", "outcome", "reason", "fingerprint", "group_hash", "title", "redactions")
    )
    try:
        event = _event_on(line)
        context = Context(event_id=_event_id(event, number), received_at=now, hash_key=_HASH_KEY)
        event = chain(event, context)
        if any(isinstance(stage, Normalize) for stage in chain.stages):
            describe(event)
        if explain:
            result["explanation"] = _explanation(chain, event)
        odd_json.dumps(event)
    except Dropped as ending:
        return result | {"outcome": OutcomeKind.FILTERED, "reason": ending.reason}
    except Invalid as ending:
        return result | {"outcome": OutcomeKind.INVALID, "reason": ending.reason}
    except StageFailed as failure:
        failed = {"stage": failure.stage, "error_class": failure.error_class}
        return result | {"outcome": OutcomeKind.DEAD_LETTER, "reason": Reason.STAGE_ERROR} | failed
    annotations = event.pop(ANNOTATIONS, None)
    if not isinstance(annotations, dict):
        annotations = {}
    grouping = annotations.get("grouping", {})
    return result | {
        "event": event,
        "outcome": ACCEPTED,
        "fingerprint": grouping.get("fingerprint"),
        "group_hash": grouping.get("hash"),
        "title": event.get("title"),
        "redactions": annotations.get("redactions", {}),
    }


def _event_on(line: bytes) -> Event:
    event = odd_json.loads(line)
    if not isinstance(event, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    return event


def _event_id(event: Event, number: int) -> str:
    """Give the event's own id, or one made from the line's number, as the relay would make one up."""
    sent = event.get("event_id")
    if isinstance(sent, str):
        digits = sent.replace("-", "").lower()
        if len(digits) == 32 and not digits.strip("0123456789abcdef"):
            return digits
    return derived_id("try", number)


def _explanation(chain: Chain, event: Event) -> Any:
    for stage in chain.stages:
        if hasattr(stage, "explain"):
            return stage.explain(event)
    return None


def _read_project(path: Path) -> Project:
    content = path.read_bytes()
    try:
        tree = yaml.safe_load(content)
    except yaml.YAMLError:
        tree = None  # told, with its line, by the proper reading below
    if isinstance(tree, dict) and not _MISSING.keys() <= tree.keys():
        content = yaml.safe_dump(_MISSING | tree).encode()
    return parse_project(content, path)
