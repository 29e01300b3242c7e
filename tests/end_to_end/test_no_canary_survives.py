"""On a whole stack: what is secret or personal in events is nowhere that anyone reads: not in a topic after `scrub`, a
table, Redis, the log, a metric, an alert. Only `ingest` and `dead-letters` hold what clients sent, by contract.
"""

import asyncio
import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path

import clickhouse_connect
import msgspec
import pytest
import redis
from tests.load.installation import KEY, PROJECT, ROOT, Installation
from tests.load.loadset import Copy, envelope
from tests.stages.scrub.canaries import Canaries

from errata.contracts import topics
from errata.contracts.pack import decode_dead_letter
from errata.stores.kafka.scan import scan
from errata.stores.kafka.topics import wanted_topics
from errata_cli.local.data_folder import Kept

pytestmark = pytest.mark.stack

SEED = 20261123
EVENTS = 40
UNSCRUBBED = {topics.INGEST, topics.INGEST_SESSIONS, topics.DEAD_LETTERS}
SETTLED_SECONDS = 60


@pytest.fixture
def folder():
    folder = ROOT / ".errata" / "canary"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def send(stack, body):
    """Send an envelope; what is refused is no concern of this test."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{stack.relay_port}/api/{PROJECT}/envelope/?sentry_key={KEY}",
        data=body,
        headers={"Content-Type": "application/x-sentry-envelope"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read() and answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def redis_contents(url):
    """Every key with its value, of whatever type."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            kind = client.type(key).decode()
            value = {
                "string": client.get,
                "hash": client.hgetall,
                "list": lambda name: client.lrange(name, 0, -1),
                "set": client.smembers,
                "zset": lambda name: client.zrange(name, 0, -1, withscores=True),
                "stream": client.xrange,
            }[kind](key)
            yield repr((key, value))


def tables(client):
    """Every row of every table."""
    for (name,) in client.query("SHOW TABLES").result_rows:
        yield name, client.raw_query(f"SELECT * FROM `{name}`", fmt="JSONEachRow").decode()


def metrics(stack):
    """What each part's /metrics says."""
    for name, part in stack.state.parts.items():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{part.port}/metrics", timeout=5) as answer:
                yield name, answer.read().decode()
        except (OSError, ValueError):
            continue


async def settled(client, count):
    """Wait until so many events are stored and nothing moves any more."""
    before = None
    for _ in range(SETTLED_SECONDS * 2):
        now = [
            client.query(f"SELECT count() FROM {table}").result_rows[0][0] for table in ("events", "alerts", "issues")
        ]
        if now == before and now[0] >= count and min(now):
            return
        before = now
        await asyncio.sleep(0.5)
    pytest.fail(f"{before} rows of events, alerts, issues after {SETTLED_SECONDS} s; {count} events were sent")


def log_of(folder):
    """Everything that the parts said."""
    return "".join(path.read_text() for path in folder.glob(f"{Kept.LOG}*"))


def survivors(secrets, text):
    """The secrets that a text holds, as they are or quoted; their first letters, for the message."""
    plain = text.replace("\\", "")
    return sorted(f"{secret[:4]}..." for secret in secrets if secret in text or secret in plain)


async def test_what_was_planted_is_nowhere(folder: Path) -> None:
    canaries = Canaries(SEED)
    print(f"seed {SEED}")
    with Installation(folder) as stack:
        settings = stack.settings
        for number in range(EVENTS):
            event_id = f"{number:032x}"
            event = canaries.event() | {"event_id": event_id}
            assert send(stack, envelope(Copy(event_id, 0, json.dumps(event).encode()))) == 200
        broken = [
            f'{{"password": "{canaries.word()}", ',  # no JSON
            '{"extra": ' + '{"secret": ' * 1500 + f'"{canaries.word()}"' + "}" * 1501,  # too deep
            json.dumps([canaries.token()]),  # no object
        ]
        for number, body in enumerate(broken):
            send(stack, envelope(Copy(f"{number + EVENTS:032x}", 0, body.encode())))
        address = settings.clickhouse
        client = clickhouse_connect.get_client(dsn=address, query_limit=0)
        await settled(client, EVENTS)

        found: dict[str, str] = {}
        for name, (_, partitions) in wanted_topics(settings).items():
            topic = name.removeprefix(settings.topic_prefix)
            its = settings.model_copy(update={"partitions": partitions})
            records = [record async for record in scan(its, topic)]
            if topic == topics.DEAD_LETTERS:
                letters = [decode_dead_letter(record.value) for record in records]
                found["reasons of dead letters"] = repr(
                    [msgspec.structs.asdict(letter) | {"item": letter.item.meta} for letter in letters]
                )
            elif topic not in UNSCRUBBED:
                found[f"topic {topic}"] = "".join(
                    f"{record.key} {(record.value or b'').decode()} {record.headers}" for record in records
                )
        found |= {f"table {name}": rows for name, rows in tables(client)}
        found["redis"] = "".join(redis_contents(settings.redis))
        found |= {f"metrics of {name}": text for name, text in metrics(stack)}
        found["log"] = log_of(folder)
        sent = "".join([record.value.decode("utf-8", "replace") async for record in scan(settings, topics.INGEST)])

    for place in ("topic events", "topic alerts", "topic issues", "topic outcomes", "table events", "redis", "log"):
        assert len(found[place]) > 200, f"hardly anything was read of {place}, so nothing is proved"
    assert len(survivors(canaries.secrets, sent)) > len(canaries.secrets) * 0.99, "hardly anything was planted"
    leaks = {place: those for place, text in found.items() if (those := survivors(canaries.secrets, text))}
    assert leaks == {}
