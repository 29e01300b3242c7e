"""What real clients sent, replayed byte for byte, is accepted, and every item of it ends in one place."""

import base64
import json
from collections import Counter

import pytest
import sentry_sdk
from tests.services.errata_relay.running import KEY, send_raw

from errata.contracts.categories import category_of
from errata.protocols.encodings import decode
from errata.protocols.sentry.envelope import EnvelopeItem, parse_envelope

pytestmark = pytest.mark.stack

KEPT = ("event", "session", "sessions", "check_in", "feedback", "user_report", "attachment")


def on_the_wire(request: dict) -> bytes:
    """Give the request as the client sent it; chunked where it was."""
    body = base64.b64decode(request["body_b64"])
    query = f"?{request['query']}" if request["query"] else ""
    lines = [f"{request['method']} {request['path'].partition('?')[0]}{query} HTTP/1.1"]
    # The length is the body's as it lies there: of sentry-go's requests the recording has another one's.
    lengths = {"content-length": str(len(body))}
    lines += [f"{name}: {lengths.get(name.lower(), value)}" for name, value in request["headers"]]
    if any(name.lower() == "transfer-encoding" for name, _ in request["headers"]):
        half = len(body) // 2
        body = (
            b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part) + b"0\r\n\r\n"
        )
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def envelope_items(request: dict) -> tuple[EnvelopeItem, ...]:
    headers = {name.lower(): value for name, value in request["headers"]}
    body = decode(headers.get("content-encoding", ""), base64.b64decode(request["body_b64"]), limit=50_000_000)
    return parse_envelope(body, max_items=1000).items


def said_to_be_discarded(requests: list[dict]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for request in requests:
        for item in () if "/store" in request["path"] else envelope_items(request):
            if item.type == "client_report":
                for line in json.loads(bytes(item.payload))["discarded_events"]:
                    found[line["reason"], line["category"]] += line["quantity"]
    return found


def sent_in(request: dict) -> Counter[str]:
    """Give how many things of each type a request holds; one item can hold several logs, spans or metrics."""
    if "/store" in request["path"]:
        return Counter(event=1)
    sent: Counter[str] = Counter()
    for item in envelope_items(request):
        kind = json.loads(bytes(item.payload)).get("type") if item.type == "event" else ""
        sent[kind if kind in ("transaction", "feedback") else item.type] += item.quantity
    return sent


@pytest.mark.parametrize("client", ["python", "node", "browser", "go", "cli-2", "cli-3"])
async def test_recorded_requests_are_accepted_and_their_items_land(shared, relay, client):
    lines = (shared / "recordings" / f"sentry-{client}.jsonl").read_text().splitlines()
    # The rest of what sentry-cli sends is for the console.
    requests = [request for request in map(json.loads, lines) if not request["path"].startswith("/api/0/")]
    sent: Counter[str] = Counter()
    for request in requests:
        answer = send_raw(relay.port, on_the_wire(request))
        assert answer.startswith(b"HTTP/1.1 200 "), (request["case"], answer)
        assert b"access-control-allow-origin: *" in answer
        told = json.loads(answer.partition(b"\r\n\r\n")[2])
        if '"id"' in request["answer"]["body"]:
            expected = json.loads(request["answer"]["body"])["id"].replace("-", "")
            assert told == {"id": expected}, request["case"]
        sent.update(sent_in(request))
    assert relay.stop() == 0
    landed = Counter(item.meta.format.removeprefix("sentry.") for item in await relay.all_items())
    assert landed == {kind: number for kind, number in sent.items() if kind in KEPT}
    skipped: Counter[str] = Counter()
    for kind, number in sent.items():
        if kind not in KEPT and kind != "client_report":
            skipped[category_of(kind)] += number
    outcomes = await relay.outcomes()
    filtered = {key[2]: number for key, number in outcomes.items() if key[:2] == ("filtered", "unsupported_item")}
    assert filtered == dict(skipped)
    discarded = {key[1:3]: number for key, number in outcomes.items() if key[0] == "client_discard"}
    assert discarded == dict(said_to_be_discarded(requests))
    assert len(outcomes) == len(filtered) + len(discarded)
    assert all(key[3] == 42 for key in outcomes)


async def test_a_real_sdk_sends_errors_and_they_land_as_it_made_them(relay):
    sent = []
    client = sentry_sdk.Client(
        dsn=f"http://{KEY}@127.0.0.1:{relay.port}/42",
        before_send=lambda event, _hint: sent.append(event["event_id"]) or event,
    )
    with sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        for number in range(20):
            try:
                int(f"number {number}")
            except ValueError as error:
                sentry_sdk.capture_exception(error)
    client.close(timeout=20)
    items = await relay.items()
    assert Counter(item.meta.event_id for item in items) == Counter(sent)
    assert {(item.meta.project, item.meta.key_id, item.meta.client_address) for item in items} == {
        (42, "main", "127.0.0.1")
    }
    assert items[0].meta.sdk.startswith("sentry.python/")
    (event,) = [json.loads(item.payload) for item in items if item.meta.event_id == sent[3]]
    assert event["exception"]["values"][0]["value"].endswith("'number 3'")
