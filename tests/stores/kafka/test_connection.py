"""The options that promises rest on reach aiokafka's clients; one of these fails when an upgrade drops one."""

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import FETCH_MAX_WAIT_MS, consumer, idempotent_producer, transactional_producer

SETTINGS = CommonSettings(topic_prefix="x.")


async def test_a_dead_owners_transaction_ends_after_ten_seconds() -> None:
    manager = transactional_producer(SETTINGS, "processor-3")._txn_manager
    assert (manager.transactional_id, manager.transaction_timeout_ms) == ("x.processor-3", 10_000)


async def test_a_coordinator_that_is_busy_is_asked_again_soon() -> None:
    producer = transactional_producer(SETTINGS, "processor-3")
    assert (producer._sender._retry_backoff, producer.client._retry_backoff) == (0.02, 0.02)


async def test_producers_wait_for_all_replicas_and_never_double_a_record() -> None:
    for producer in (idempotent_producer(SETTINGS), transactional_producer(SETTINGS, "processor-3")):
        assert producer._sender._acks == -1
        assert producer._txn_manager is not None


async def test_consumers_see_committed_records_only_and_never_jump() -> None:
    client = consumer(SETTINGS, "processor")
    assert (client._group_id, client._isolation_level, client._auto_offset_reset) == (
        "x.processor",
        "read_committed",
        "none",
    )
    assert (client._enable_auto_commit, client._fetch_max_wait_ms) == (False, FETCH_MAX_WAIT_MS)
