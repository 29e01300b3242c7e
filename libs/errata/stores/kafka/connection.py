"""How to reach Kafka: one address for everything aiokafka needs to connect, and the options that all clients share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.helpers import create_ssl_context

from errata.runtime.settings import AddressError, CommonSettings

# Settings with their measurements: linger packs what a batch sends within it; zstd makes events 8.6 times smaller at
# 12.7 us each, against 59 us for lz4; with aiokafka's default back-off of 100 ms a transaction's first commit takes
# that long, since the coordinator answers "concurrent transactions" until the last one is done.
_PRODUCER: dict[str, Any] = {
    "acks": "all",
    "compression_type": "zstd",
    "linger_ms": 5,
    "max_batch_size": 262_144,
    "max_request_size": 4_194_304,
    "retry_backoff_ms": 20,
}
# A fetch waits this long for data; aiokafka's 500 ms would be the latency of a quiet partition beside a busy one. It
# waits that long for so many bytes, too: a fetch costs the broker the same whatever it brings, and with one for every
# record that arrives they were most of its work.
FETCH_MAX_WAIT_MS = 50
FETCH_MIN_BYTES = 262_144


def connection_options(url: str) -> dict[str, Any]:
    """Give aiokafka's connection arguments for an address.

    `kafka://host:port,host:port` is plain, `kafkas://` is TLS; `user:password@` adds SASL, with
    `?mechanism=PLAIN|SCRAM-SHA-256|SCRAM-SHA-512` (PLAIN when not given) and `?ca=FILE` for a private authority.

    Raises:
        AddressError: the address has another form; the text names ERRATA_KAFKA.

    """
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    if parts.scheme not in {"kafka", "kafkas"} or not hosts:
        raise AddressError("ERRATA_KAFKA must look like kafka://host:9092 or kafkas://user:password@host:9093")
    query = parse_qs(parts.query)
    tls = parts.scheme == "kafkas"
    options: dict[str, Any] = {"bootstrap_servers": hosts.split(",")}
    if tls:
        options["ssl_context"] = create_ssl_context(cafile=query.get("ca", [None])[0])
    if parts.username is not None:
        options["sasl_mechanism"] = query.get("mechanism", ["PLAIN"])[0]
        options["sasl_plain_username"] = unquote(parts.username)
        options["sasl_plain_password"] = unquote(parts.password or "")
        options["security_protocol"] = "SASL_SSL" if tls else "SASL_PLAINTEXT"
    elif tls:
        options["security_protocol"] = "SSL"
    return options


ClientT = TypeVar("ClientT", AIOKafkaConsumer, AIOKafkaProducer)


@asynccontextmanager
async def started(client: ClientT) -> AsyncIterator[ClientT]:
    """Give a consumer or producer once it is started, and stop it at the end.

    One that could not be started is stopped, too, which aiokafka's own `async with` leaves undone.

    Raises:
        KafkaConnectionError: no broker answers.

    """
    try:
        await client.start()
        yield client
    finally:
        await client.stop()


def idempotent_producer(settings: CommonSettings, **overrides: Any) -> AIOKafkaProducer:
    """Give a producer, not yet started, whose retries never double a record."""
    options = connection_options(settings.kafka) | _PRODUCER | {"enable_idempotence": True} | overrides
    return AIOKafkaProducer(**options)


def transactional_producer(settings: CommonSettings, transactional_id: str, **overrides: Any) -> AIOKafkaProducer:
    """Give a producer, not yet started; starting it fences every older one with the same id.

    A transaction left open by a dead owner holds up `read_committed` readers for at most 10 s.
    """
    options = connection_options(settings.kafka) | _PRODUCER | {"transaction_timeout_ms": 10_000} | overrides
    return AIOKafkaProducer(transactional_id=settings.topic_prefix + transactional_id, **options)


def consumer(settings: CommonSettings, group: str | None, **overrides: Any) -> AIOKafkaConsumer:
    """Give a consumer, not yet started, that sees committed records only and never skips what it has not read.

    A position outside the log raises `OffsetOutOfRangeError` rather than jumping: the caller stops and names the range.
    """
    options = connection_options(settings.kafka) | {
        "group_id": None if group is None else settings.topic_prefix + group,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "isolation_level": "read_committed",
        "fetch_max_wait_ms": FETCH_MAX_WAIT_MS,
        "fetch_min_bytes": FETCH_MIN_BYTES,
        "max_partition_fetch_bytes": 4_194_304,
        "session_timeout_ms": 10_000,
        "heartbeat_interval_ms": 1_000,
    }
    return AIOKafkaConsumer(**(options | overrides))
