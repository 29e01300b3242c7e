"""What is measured of each batch."""

from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from errata.contracts.messages import Alert, Transition
from errata.contracts.times import SECOND, now
from errata.runtime import metrics

_STEPS = ("read", "decide", "commit")


def measure_batch(events: int, told: Sequence[Transition | Alert], times: Sequence[float]) -> None:
    """Count a batch; `times` are the moments, in seconds, between which its steps were done."""
    for step, begun, ended in zip(_STEPS, times, times[1:], strict=False):
        metrics.TRACKER_STEP_SECONDS.labels(step).observe(ended - begun)
    metrics.TRACKER_EVENTS.inc(events)
    metrics.TRACKER_BATCH_EVENTS.observe(events)
    for message in told:
        if isinstance(message, Alert):
            metrics.TRACKER_ALERTS.labels(message.kind.value).inc()
            metrics.STAGE_AGE.labels("alert").observe((now() - message.fired_at) / SECOND)
        else:
            metrics.TRACKER_TRANSITIONS.labels(message.kind.value).inc()


def measure_lag(consumer: AIOKafkaConsumer, positions: Mapping[TopicPartition, int]) -> None:
    """Say how far the log's ends are from our positions."""
    for place, position in positions.items():
        end = consumer.highwater(place)
        if end is not None:
            metrics.CONSUMER_LAG.labels("tracker", place.topic, place.partition).set(max(0, end - position))
