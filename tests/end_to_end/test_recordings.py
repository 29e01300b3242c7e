"""On a whole stack: each error that a real client sent is stored once, and says what the client's body says."""

import hashlib
import json
import time
from collections import Counter
from pathlib import Path

import clickhouse_connect
import pytest
from tests.end_to_end.expectations import LENGTH, Expected, expected_of
from tests.load.installation import KEY, Installation
from tests.protocols.converting import recorded
from tests.services.errata_relay.running import send_raw
from tests.services.errata_relay.test_recordings import on_the_wire
from tests.services.errata_relay.test_vendor_recordings import TOKENS

pytestmark = pytest.mark.stack

SETTLED_SECONDS = 60
ROWS = (
    "SELECT toString(event_id) AS event_id, exception_types, exception_values, message, release, environment, level, handled, tags, payload"
    " FROM events"
)


@pytest.fixture
def stack(tmp_path: Path):
    """A running stack whose project 42 has every key of the recordings."""
    installation = Installation(tmp_path, rules=[])
    keys = [f'  - {{id: key{number}, public: "{key}"}}\n' for number, key in enumerate((KEY, *TOKENS))]
    (tmp_path / "config" / "projects" / "shop.yaml").write_text(f"id: 42\nslug: shop\nkeys:\n{''.join(keys)}")
    with installation:
        yield installation


def send(shared: Path, client: str, port: int) -> list[Expected]:
    """Send what is recorded of a client, byte for byte; give the errors in it."""
    requests = {request.case: request for request in recorded(shared, client)}
    errors = []
    for line in (shared / "recordings" / f"{client}.jsonl").read_text().splitlines():
        raw = json.loads(line)
        request = requests.get(f"{raw['case']}-{raw['seq']}")
        if request is None or raw["path"].startswith("/api/0/"):
            continue
        answer = send_raw(port, on_the_wire(raw))
        assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 201 ", b"HTTP/1.1 202 ")), (client, request.case, answer)
        errors += expected_of(request)
    return errors


def read(row: dict) -> Expected:
    """Give what is stored of an event, in the terms of what is expected."""
    payload = json.loads(row["payload"])
    values = payload["exception"]["values"] if row["exception_types"] else [{}]
    frames = values[-1].get("stacktrace", {}).get("frames", [])
    return Expected(
        same=row["event_id"],
        types=tuple(row["exception_types"]),
        text=(row["exception_values"] or [row["message"]])[-1][:LENGTH],
        functions=tuple(frame["function"] for frame in frames[-2:] if "function" in frame),
        release=row["release"],
        environment=row["environment"],
        level=row["level"],
        handled=None if row["handled"] is None else bool(row["handled"]),
        user=payload.get("user", {}).get("id", ""),
        tags=tuple(sorted(row["tags"].items())),
    )


def stored(stack: Installation, count: int) -> tuple[list[Expected], Counter[tuple[str, str]]]:
    """Give the stored events and how many items ended otherwise, once all are there and a while has passed."""
    client = clickhouse_connect.get_client(dsn=stack.settings.clickhouse, query_limit=0)
    deadline = time.monotonic() + SETTLED_SECONDS
    while client.query("SELECT count() FROM events").result_rows[0][0] < count and time.monotonic() < deadline:
        time.sleep(0.25)
    assert stack.errata("audit").returncode == 0
    rows = [read(row) for row in client.query(ROWS).named_results()]
    outcomes = client.query("SELECT outcome, reason, sum(quantity) FROM outcomes GROUP BY outcome, reason").result_rows
    return rows, Counter({(outcome, reason): quantity for outcome, reason, quantity in outcomes})


def attachments(shared: Path) -> set[tuple[str, str, int, str]]:
    """Give what Python's client is recorded to have attached, taken out of the body by hand."""
    (request,) = [one for one in recorded(shared, "sentry-python") if one.case.startswith("attachments")]
    event_id = json.loads(request.body.partition(b"\n")[0])["event_id"]
    found = set()
    for part in request.body.split(b'\n{"filename":"')[1:]:
        line, _, rest = (b'{"filename":"' + part).partition(b"\n")
        header = json.loads(line)
        content = rest[: header["length"]]
        found.add((event_id, header["filename"], header["length"], hashlib.sha1(content).hexdigest()))
    return found


def take(found: list[Expected], wanted: Expected) -> bool:
    """Take out of what was found one that is as it was wanted; false when there is none."""
    has_id = len(wanted.same) == 32
    for place, event in enumerate(found):
        seen = event._replace(
            same=event.same if has_id else wanted.same,
            user=wanted.user if wanted.user is None else event.user,
            tags=wanted.tags,
        )
        if seen == wanted and set(wanted.tags) <= set(event.tags):
            del found[place]
            return True
    return False


def test_every_recorded_error_is_stored_once_as_its_client_told_it(shared: Path, stack: Installation) -> None:
    clients = sorted(path.stem for path in (shared / "recordings").glob("*.jsonl"))
    sent = {client: send(shared, client, stack.relay_port) for client in clients}
    assert all(sent.values()), "a client without an error proves nothing"
    errors = [error for found in sent.values() for error in found]
    distinct = list({error.same or str(place): error for place, error in enumerate(errors)}.values())
    found, outcomes = stored(stack, len(distinct))
    missing = [error for error in distinct if not take(found, error)]
    assert (missing, found) == ([], [])
    assert outcomes.pop(("duplicate", "same_event_id")) == len(errors) - len(distinct)
    assert {outcome for outcome, _ in outcomes} == {"filtered", "client_discard"}
    client = clickhouse_connect.get_client(dsn=stack.settings.clickhouse)
    files = client.query("SELECT event_id, name, size, lower(hex(SHA1(content))) FROM attachments").result_rows
    assert len(attachments(shared)) == 3
    assert attachments(shared) <= set(files)
