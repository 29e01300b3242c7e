"""Golden files: a request of each client and family of cases, and the events that are stored of it.

A file holds a small body written for it, or names a recorded request. `python -m tests.protocols.goldens` writes what is
stored again, for whoever changed on purpose what events become: read the difference against the clients' field tables
before it is committed.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.data import DATA
from tests.protocols.converting import BodyFormat, Request, admitted, recorded, stored

FOLDER = Path(__file__).parent / "golden"
PATHS = sorted(FOLDER.glob("*.json"))

# Of recorded events: what says nothing about the client's form, by the thousand bytes.
_BULKY = frozenset({"modules", "integrations", "packages", "pre_context", "post_context", "_meta"})
_MOST_FRAMES = 5


def load(path: Path) -> dict[str, Any]:
    """Give a golden file."""
    golden: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return golden


def written(kind: BodyFormat, body: Any) -> bytes:
    """Give the body of a golden file as it would be sent: of an envelope a line for each of its parts."""
    if kind is BodyFormat.SENTRY_ENVELOPE:
        return b"\n".join(json.dumps(part).encode() for part in body)
    return json.dumps(body).encode()


def request_of(golden: dict[str, Any]) -> Request:
    """Give the request of a golden file; raises `FileNotFoundError` when it is a recorded one that is not there."""
    if "recording" in golden:
        return next(request for request in recorded(DATA, golden["recording"]) if request.case == golden["request"])
    kind = BodyFormat[golden["format"]]
    headers = {name.encode(): value.encode() for name, value in golden["headers"].items()}
    return Request("", kind, headers, golden["query"], written(kind, golden["body"]))


def becomes(golden: dict[str, Any]) -> dict[str, Any]:
    """Give what the request of a golden file becomes: ids, counts, and each event as it is stored."""
    request = request_of(golden)
    found = admitted(request.format, request.body, request.headers, request.query)
    events = stored(request)
    payloads = [json.loads(bytes(event.payload)) for event in events]
    return {
        "event_ids": [item.event_id for item in found.items],
        "not_kept": [[str(count.reason), count.category, count.quantity] for count in found.not_kept],
        "exceptions": [[list(event.exception_types), event.handled] for event in events],
        "redactions": [event.redactions for event in events],
        "events": [_small(payload) if "recording" in golden else payload for payload in payloads],
    }


def _small(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _small(inner) for key, inner in value.items() if key not in _BULKY}
        frames = kept.get("frames")
        if isinstance(frames, list) and len(frames) > _MOST_FRAMES:
            left_out = len(frames) - _MOST_FRAMES
            kept["frames"] = [frames[0], f"{left_out} more", *frames[1 - _MOST_FRAMES :]]
        return kept
    return [_small(inner) for inner in value] if isinstance(value, list) else value


def main() -> None:
    """Write what is stored into each file, or into those named."""
    for path in map(Path, sys.argv[1:]) if sys.argv[1:] else PATHS:
        golden = load(path)
        golden |= becomes(golden)
        path.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
