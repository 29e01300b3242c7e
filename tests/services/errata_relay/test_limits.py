"""Limits: who is over them is told in its own way and counted, others are not touched; with Redis and without."""

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from redis.asyncio import Redis
from tests.services.errata_relay.running import KEY, OTHER_KEY, RunningRelay, auth, envelope

from errata.config.limits import NO_LIMIT, Allowance
from errata.contracts.outcomes import Reason
from errata.stores.redis.limits import Allowances, Wish

pytestmark = pytest.mark.stack

STORE = "/api/42/store/"
ENVELOPE = "/api/42/envelope/"
HOUR = "seconds: 3600"  # a window that no test runs out of
KEY_2 = "2" * 32


@pytest.fixture(params=["redis", "redis away"])
def limited(request, start_relay, tmp_path, redis_url) -> Callable[[str], RunningRelay]:
    """Start a relay whose project has settings in `limits`."""

    def start(limits: str) -> RunningRelay:
        write_projects(tmp_path / "config" / "projects", limits)
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            away = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        return start_relay(redis=redis_url if request.param == "redis" else away)

    return start


def write_projects(folder: Path, limits: str) -> None:
    folder.mkdir(parents=True)
    (folder / "shop.yaml").write_text(
        f'id: 42\nslug: shop\nkeys:\n  - {{id: main, public: "{KEY}"}}\n'
        f'  - {{id: second, public: "{KEY_2}"}}\nlimits: {limits}\n'
    )
    (folder / "other.yaml").write_text(f'id: 7\nslug: other\nkeys:\n  - {{id: main, public: "{OTHER_KEY}"}}\n')


def post(relay: RunningRelay, path: str = STORE, key: str = KEY, body: bytes = b"{}") -> httpx2.Response:
    return httpx2.post(relay.url + path, headers=auth(key), content=body)


async def test_above_its_rate_a_project_is_told_and_counted_and_others_are_not(limited):
    relay = limited(f"{{rates: [{{items: 3, {HOUR}}}]}}")
    assert [post(relay).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = post(relay, key=KEY_2)
    assert (refused.status_code, refused.json()["reason"]) == (429, "rate_limit")
    seconds = int(refused.headers["retry-after"])
    assert 0 < seconds <= 3600
    assert refused.headers["x-sentry-rate-limits"] == f"{seconds}::project:rate_limit"
    assert post(relay, "/api/7/store/", OTHER_KEY).status_code == 200
    assert relay.stop() == 0
    assert len(await relay.items()) == 4
    assert await relay.outcomes() == {("rate_limited", "rate_limit", "error", 42): 3}


async def test_a_limit_on_a_category_lets_the_others_through_with_a_header_on_the_success(limited):
    relay = limited("{quotas: [{items: 1, categories: [error]}]}")
    both = envelope(("event", b"{}"), ("session", b"{}"), ("attachment", b"goes where its event goes"))
    assert "x-sentry-rate-limits" not in post(relay, ENVELOPE, body=both).headers
    partly = post(relay, ENVELOPE, body=both)
    assert partly.status_code == 200
    assert partly.headers["x-sentry-rate-limits"].endswith(":error:project:quota")
    assert post(relay, ENVELOPE, body=envelope(("event", b"{}"))).status_code == 429
    assert post(relay, ENVELOPE, body=envelope(("client_report", b"{}"))).status_code == 200
    assert relay.stop() == 0
    kept = sorted(item.meta.format for item in await relay.all_items())
    assert kept == ["sentry.attachment", "sentry.event", *["sentry.session"] * 2]
    assert await relay.outcomes() == {
        ("rate_limited", "quota", "error", 42): 2,
        ("rate_limited", "quota", "attachment", 42): 1,
    }


async def test_a_refusal_is_remembered_and_the_body_is_not_waited_for(limited):
    relay = limited(f"{{rates: [{{items: 0, {HOUR}}}]}}")
    assert post(relay).status_code == 429
    broken = httpx2.post(relay.url + STORE, headers=auth() | {"Content-Encoding": "gzip"}, content=b"no gzip")
    assert (broken.status_code, broken.json()["reason"]) == (429, "rate_limit")


async def test_a_spike_is_cut_to_what_a_new_project_has(limited):
    relay = limited("{spikes: {at_least: 2}}")
    while time.time() % 60 > 50:  # the window is a minute: do not begin at its end
        await asyncio.sleep(0.5)
    answers = [post(relay) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[3].headers["x-sentry-rate-limits"].endswith(":error:project:spike")


async def test_an_event_is_in_the_sample_or_not_by_its_id(limited):
    relay = limited("{sample_rate: 0.5}")
    low, high = "7" + "f" * 31, "8" + "0" * 31
    for _ in range(2):
        for event_id in (low, high):
            assert post(relay, body=b'{"event_id":"%s"}' % event_id.encode()).json() == {"id": event_id}
    assert relay.stop() == 0
    assert [item.meta.event_id for item in await relay.items()] == [low, low]
    assert await relay.outcomes() == {("filtered", "sampled", "error", 42): 2}


async def test_pages_of_other_origins_are_refused(limited):
    relay = limited('{origins: ["https://*.shop.example"]}')
    for origin, status in {"https://www.shop.example": 200, "https://evil.example": 403, "null": 403}.items():
        answer = httpx2.post(relay.url + STORE, headers=auth() | {"Origin": origin}, content=b"{}")
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*"), origin
    assert post(relay).status_code == 200


VENDORS = {
    "rollbar": ("/api/1/item/", {"X-Rollbar-Access-Token": KEY}, b'{"data":{"body":{"message":{"body":"m"}}}}'),
    "airbrake py": (
        "/api/v3/projects/42/notices",
        {"Authorization": f"Bearer {KEY}"},
        b'{"errors":[{"type":"E","message":"m"}]}',
    ),
    "airbrake js": (f"/api/v3/projects/42/notices?key={KEY}", {}, b'{"errors":[{"type":"E","message":"m"}]}'),
    "honeybadger py": (
        "/v1/notices/",
        {"X-API-Key": KEY, "User-Agent": "Python-urllib/3.11"},
        b'{"error":{"class":"E","message":"m"}}',
    ),
    "otlp": (
        "/v1/logs",
        {"X-Sentry-Auth": f"sentry sentry_key={KEY}", "Content-Type": "application/x-protobuf"},
        b"",
    ),
}


async def test_each_client_is_slowed_in_the_way_it_understands(limited):
    relay = limited(f"{{rates: [{{items: 0, {HOUR}}}]}}")
    post(relay)
    told = {
        name: httpx2.post(relay.url + path, headers=headers, content=body)
        for name, (path, headers, body) in VENDORS.items()
    }
    assert {name: answer.status_code for name, answer in told.items()} == {
        "rollbar": 429,
        "airbrake py": 429,
        "airbrake js": 429,
        "honeybadger py": 201,
        "otlp": 429,
    }
    assert told["rollbar"].json()["err"] == 1
    assert told["rollbar"].headers["x-rate-limit-remaining"] == "0"
    assert int(told["rollbar"].headers["x-rate-limit-remaining-seconds"]) > 0
    assert "x-ratelimit-delay" not in told["airbrake py"].headers
    assert int(told["airbrake js"].headers["x-ratelimit-delay"]) > 0
    assert (told["otlp"].headers["content-type"], told["otlp"].content[:2]) == ("application/x-protobuf", b"\x08\x08")
    assert int(told["otlp"].headers["retry-after"]) > 0


async def test_the_usual_rate_of_the_last_week_is_what_a_spike_is_measured_by(start_relay, tmp_path, redis_url):
    write_projects(tmp_path / "config" / "projects", "{spikes: {factor: 2, at_least: 1}}")
    relay = start_relay(redis=redis_url)
    usage = Allowance("usage", NO_LIMIT, 3600, Reason.SPIKE, ("error",), "project", keep_seconds=3600)
    async with Redis.from_url(redis_url) as redis:
        shared = Allowances(redis, relay.common.topic_prefix)
        now = int(time.time())
        for hours_ago in (1, 2):  # 120 an hour, so 2 a minute: twice that may come
            await shared.take(42, [Wish(120, (usage,))], now - 3600 * hours_ago)
    while time.time() % 60 > 50:
        await asyncio.sleep(0.5)
    assert [post(relay).status_code for _ in range(6)] == [200] * 4 + [429] * 2


async def test_connections_above_the_most_are_answered_and_closed(start_relay):
    relay = start_relay(max_connections=2)
    with (
        socket.create_connection(("127.0.0.1", relay.port)) as one,
        socket.create_connection(("127.0.0.1", relay.port)) as two,
    ):
        await asyncio.sleep(0.2)
        answer = post(relay)
        assert (answer.status_code, answer.json()["reason"]) == (429, "too_many_connections")
        assert (answer.headers["connection"], answer.headers["access-control-allow-origin"]) == ("close", "*")
        one.close()
        two.close()
    await asyncio.sleep(0.2)
    assert post(relay).status_code == 200


async def test_only_a_trusted_proxy_is_believed(start_relay):
    believing = start_relay(trusted_proxies="127.0.0.0/8, 10.0.0.0/8")
    for hops in ("192.0.2.1, 198.51.100.7, 10.1.1.1", "nonsense", ""):
        httpx2.post(believing.url + STORE, headers=auth() | {"X-Forwarded-For": hops}, content=b"{}")
    addresses = {item.meta.client_address for item in await believing.items()}
    assert addresses == {"198.51.100.7", "127.0.0.1"}
