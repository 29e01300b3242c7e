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
from errata.stages.pipeline import ORDER, Chain, StageFailed, build
from errata.stages.stage import ANNOTATIONS, Context, Event

ACCEPTED = "accepted"
"""The outcome of an event that passes all stages; the others are those of `errata.contracts.outcomes`."""

_HASH_KEY = b"errata try"
"""User hashes of a dry run are comparable with one another, not with those of an installation."""
_MISSING: dict[str, Any] = {"id": 1, "slug": "try", "keys": []}
"""What a project file may leave out here: a dry run needs the rules alone."""
_STAGES = ",".join(stage.name for stage in ORDER)


def try_(  # noqa: D417 - what `only` may be is made of the stages themselves
    *,
    project: Path | None = None,
    only: Annotated[str, Parameter(help=f"Run only these stages, of {_STAGES}; empty runs all, in this order.")] = "",
    explain: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Read one event a line from standard input; write a line each to standard output, in the same order.

    Each line is `{"event", "outcome", "reason", "fingerprint", "group_hash", "title", "redactions"}`. `event` is the
    canonical event after the stages, null when there is none. A line that is no event has an outcome, too. Needs no
    server; ends with 1 for a wrong project file or stage.

    Example: `errata try --project .errata/config/projects/shop.yaml < events.jsonl > results.jsonl`

    Parameters
    ----------
    project
        A project file (YAML) with the rules to try; without it the default rules apply.
    explain
        Add to each line why its event is grouped as it is.

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
        results.write(try_line(chain, line, number, time.time_ns() // 1_000, explain=explain) + b"\n")
        results.flush()  # whoever pipes sees each result when it is there


def try_line(chain: Chain, line: bytes, number: int, now: int, *, explain: bool = False) -> bytes:
    """Give the result line of the event on a line; `now`, in microseconds, is taken for its time of receipt."""
    result: dict[str, Any] = dict.fromkeys(
        ("event", "outcome", "reason", "fingerprint", "group_hash", "title", "redactions")
    )
    try:
        # Written in here: an event that came through can be as deep as may be, and stands one level deeper in a result.
        return odd_json.dumps(result | _accepted(chain, line, number, now, explain=explain))
    except Dropped as ending:
        result |= {"outcome": OutcomeKind.FILTERED, "reason": ending.reason}
    except Invalid as ending:
        result |= {"outcome": OutcomeKind.INVALID, "reason": ending.reason}
    except StageFailed as failure:
        result |= _failed(failure.stage, failure.error_class)
    except Exception as error:  # noqa: BLE001 - a bug of ours ends its line, as it would end its item, and no other
        result |= _failed("", type(error).__name__)
    return odd_json.dumps(result)


def _failed(stage: str, error_class: str) -> dict[str, Any]:
    ended = {"outcome": OutcomeKind.DEAD_LETTER, "reason": Reason.STAGE_ERROR}
    return ended | {"stage": stage, "error_class": error_class}


def _accepted(chain: Chain, line: bytes, number: int, now: int, *, explain: bool) -> dict[str, Any]:
    """Give the result of an event that passes; raises what ends it otherwise."""
    event = _event_on(line)
    context = Context(event_id=_event_id(event, number), received_at=now, hash_key=_HASH_KEY)
    event = chain(event, context)
    if any(isinstance(stage, Normalize) for stage in chain.stages):
        describe(event)
    explanation = {"explanation": _explanation(chain, event)} if explain else {}
    annotations = event.pop(ANNOTATIONS, None)
    if not isinstance(annotations, dict):
        annotations = {}
    grouping = annotations.get("grouping", {})
    return explanation | {
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
