"""Each item of a request ends in exactly one place: in a pack, or counted with its reason."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from tests.services.errata_relay.running import KEY, auth, envelope

from errata.config.loading import ConfigFolder
from errata.contracts.messages import Outcome
from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item
from errata.contracts.times import SECOND
from errata.contracts.topics import INGEST, INGEST_SESSIONS
from errata.stores.redis.connection import connect
from errata.stores.redis.limits import Allowances
from errata_relay.admission import Accepted, Admission
from errata_relay.body import Body, Room
from errata_relay.limits import Limits
from errata_relay.outcomes import OutcomeCounts
from errata_relay.packer import Packer
from errata_relay.refusals import Refused
from errata_relay.request import Request
from errata_relay.routes import target_of
from errata_relay.settings import RelaySettings
from errata_relay.tee import Tee

ENVELOPE = "/api/42/envelope/"
NOW = 1_800_000_000
REPORT = (
    "client_report",
    b'{"discarded_events":[{"reason":"network_error","category":"error","quantity":3}]}',
)
EVENT = ("event", b'{"message":"hello"}')


class Relay:
    """Admission with all of its parts, but with neither Kafka nor Redis."""

    def __init__(self, folder: Path, limits: str) -> None:
        (folder / "projects").mkdir(parents=True)
        (folder / "projects" / "shop.yaml").write_text(
            f'id: 42\nslug: shop\nkeys:\n  - {{id: main, public: "{KEY}"}}\nlimits: {limits}\n'
        )
        self._settings = RelaySettings()
        self.redis = connect("redis://127.0.0.1:9/0")
        self._outcomes = OutcomeCounts(lambda: NOW * SECOND)
        self.packed: list[Item] = []
        self.unread = 0
        self._admission = Admission(
            self._settings,
            ConfigFolder(folder),
            limits=Limits(Allowances(self.redis, "t."), lambda: NOW * SECOND),
            tee=Tee(),
            packers={topic: Packer(self._deliver, self._settings) for topic in (INGEST, INGEST_SESSIONS)},
            outcomes=self._outcomes,
            clock=lambda: NOW * SECOND,
        )

    async def send(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> Accepted:
        """Send a request as a client does, with or without the length of its body."""
        path, _, query = path.partition("?")
        lines = {
            name.lower().encode(): value.encode() for name, value in (auth() if headers is None else headers).items()
        }
        target = target_of("POST", path, lines)
        assert target is not None
        request = Request(
            "POST", path, query, lines, "192.0.2.1", NOW * SECOND, target.project, target.key, target.name
        )
        chunks = [body[at : at + 1_000] for at in range(0, len(body), 1_000)]

        async def receive() -> dict[str, object]:
            return {"body": chunks.pop(0), "more_body": bool(chunks), "type": "http.request"}

        try:
            return await self._admission.admit(request, Body(receive, Room(10_000_000), self._settings), target.format)
        finally:
            self.unread = len(chunks)

    async def refused(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> Reason:
        with pytest.raises(Refused) as refused:
            await self.send(path, body, headers)
        return refused.value.reason

    def outcomes(self) -> Counter[tuple[str, str, str]]:
        """Give what was counted since it was last asked: (outcome, reason, category) -> quantity."""
        told = [msgspec.json.decode(value, type=Outcome) for _, value in self._outcomes.take_untold()]
        return Counter({(one.outcome, one.reason, one.category): one.quantity for one in told})

    async def _deliver(self, items: tuple[Item, ...]) -> Reason | None:
        self.packed += items
        return None


@pytest.fixture
async def used_up(tmp_path) -> AsyncIterator[Relay]:
    """A relay whose project may send one item, and has."""
    relay = Relay(tmp_path, "{rates: [{items: 1, seconds: 3600}]}")
    await relay.send(ENVELOPE, envelope(EVENT))
    assert await relay.refused(ENVELOPE, envelope(EVENT)) is Reason.RATE_LIMIT
    assert relay.outcomes() == {("rate_limited", "rate_limit", "error"): 1}
    yield relay
    assert len(relay.packed) == 1
    await relay.redis.aclose()


async def test_a_client_report_is_counted_where_all_limits_are_used_up(used_up):
    assert await used_up.send(ENVELOPE, envelope(REPORT)) == Accepted("")
    assert await used_up.send("/tunnel", envelope(REPORT, header=b'{"dsn":"http://%s@h/42"}' % KEY.encode()), {})
    assert used_up.outcomes() == {("client_discard", "network_error", "error"): 6}


async def test_an_event_behind_a_client_report_is_refused_and_the_report_counted(used_up):
    assert await used_up.refused(ENVELOPE, envelope(REPORT, EVENT)) is Reason.RATE_LIMIT
    assert used_up.outcomes() == {
        ("client_discard", "network_error", "error"): 3,
        ("rate_limited", "rate_limit", "error"): 1,
    }


async def test_what_is_no_client_report_is_refused_unread_where_limits_are_used_up(used_up):
    large = envelope(("event", b'{"message":"%s"}' % (b"a" * 9_000)))
    length = auth() | {"Content-Length": str(len(large))}
    assert await used_up.refused(ENVELOPE, large, length) is Reason.RATE_LIMIT
    assert used_up.unread == 10
    assert await used_up.refused(ENVELOPE, large) is Reason.RATE_LIMIT
    assert used_up.unread == 5
    assert await used_up.refused(ENVELOPE, b"no gzip", auth() | {"Content-Encoding": "gzip"}) is Reason.RATE_LIMIT
    assert used_up.outcomes() == {("rate_limited", "rate_limit", "default"): 3}


async def test_of_a_batch_as_much_is_kept_as_there_is_room_for(tmp_path):
    relay = Relay(tmp_path, "{quotas: [{items: 100, categories: [error]}]}")
    accepted = await relay.send(ENVELOPE, envelope(*[EVENT] * 101, ("session", b"{}")))
    assert (accepted.limited.reason, accepted.limited.categories) == (Reason.QUOTA, {"error"})
    assert Counter(item.meta.format for item in relay.packed) == {"sentry.event": 100, "sentry.session": 1}
    assert relay.outcomes() == {("rate_limited", "quota", "error"): 1}


async def test_a_bugsnag_body_counts_as_its_events(tmp_path):
    relay = Relay(tmp_path, "{rates: [{items: 5, seconds: 3600}]}")
    many = json.dumps({"apiKey": KEY, "events": [{}] * 100}).encode()
    assert await relay.refused("/notify", many, {"Bugsnag-Api-Key": KEY}) is Reason.RATE_LIMIT
    assert relay.outcomes() == {("rate_limited", "rate_limit", "error"): 100}
    await relay.send("/notify", b'{"events":[{},{},{},{},{}]}', {"Bugsnag-Api-Key": KEY})
    assert await relay.refused("/notify", b'{"events":[{}]}', {"Bugsnag-Api-Key": KEY}) is Reason.RATE_LIMIT
    assert len(relay.packed) == 1


async def test_a_key_that_stands_only_in_a_body_of_odd_json_is_found(tmp_path):
    relay = Relay(tmp_path, "{}")
    await relay.send("/notify", b'{"apiKey":"%s","events":[{"metaData":{"a":{"share":NaN}}}]}' % KEY.encode(), {})
    await relay.send("/api/1/item/", b'{"access_token":"%s","data":{"custom":{"share":NaN}}}' % KEY.encode(), {})
    assert [item.meta.project for item in relay.packed] == [42, 42]


@pytest.mark.parametrize(
    ("path", "category"),
    [("/v1/metrics", "trace_metric"), ("/v1development/profiles", "profile")],
)
async def test_signals_of_opentelemetry_that_hold_no_errors_are_counted_as_filtered(tmp_path, path, category):
    relay = Relay(tmp_path, "{}")
    assert await relay.send(path, b"\n\x02\x12\x00", {"X-API-Key": KEY}) == Accepted("")
    assert relay.outcomes() == {("filtered", "unsupported_item", category): 1}


async def test_a_spike_is_told_by_outcomes_with_its_reason(tmp_path):
    relay = Relay(tmp_path, "{spikes: {at_least: 2}}")
    await asyncio.gather(*(relay.send(ENVELOPE, envelope(EVENT)) for _ in range(2)))
    assert await relay.refused(ENVELOPE, envelope(EVENT)) is Reason.SPIKE
    assert relay.outcomes() == {("rate_limited", "spike", "error"): 1}
