"""Counts reach Kafka whenever it is there, also at a stop; what it does not take is counted still."""

import asyncio

import msgspec

from errata.contracts.messages import Outcome
from errata.contracts.outcomes import OutcomeKind, Reason
from errata_relay.kafka_link import KafkaAwayError
from errata_relay.outcomes import OutcomeCounts


class Kafka:
    """Takes records, and acknowledges when told to."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send(self, _topic: str, value: bytes, _key: bytes) -> None:
        await asyncio.shield(self.answer)
        self.told.append(msgspec.json.decode(value, type=Outcome).quantity)


def counted(quantity: int) -> OutcomeCounts:
    outcomes = OutcomeCounts(lambda: 1)
    outcomes.count(OutcomeKind.INVALID, Reason.BAD_JSON, "error", quantity=quantity)
    return outcomes


async def test_a_stop_waits_for_counts_that_are_being_told():
    kafka, outcomes = Kafka(), counted(3)
    turn = asyncio.create_task(outcomes.tell(kafka))
    await asyncio.sleep(0)
    last = asyncio.create_task(outcomes.tell(kafka))
    await asyncio.sleep(0.01)
    assert not last.done()
    kafka.answer.set_result(None)
    await last
    turn.cancel()
    assert (kafka.told, outcomes.take_untold()) == ([3], [])


async def test_what_kafka_does_not_take_stays_counted():
    kafka, outcomes = Kafka(), counted(3)
    kafka.answer.set_exception(KafkaAwayError())
    await outcomes.tell(kafka)
    outcomes.count(OutcomeKind.INVALID, Reason.BAD_JSON, "error")
    ((_key, value),) = outcomes.take_untold()
    assert msgspec.json.decode(value, type=Outcome).quantity == 4


async def test_what_is_being_told_at_a_hard_stop_stays_counted():
    kafka, outcomes = Kafka(), counted(3)
    turn = asyncio.create_task(outcomes.tell(kafka))
    await asyncio.sleep(0)
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    assert len(outcomes.take_untold()) == 1
