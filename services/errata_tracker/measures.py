"""What is measured of each batch, and of each message once Kafka has it."""

from collections.abc import Mapping, Sequence

from errata.contracts.messages import Alert
from errata.contracts.times import SECOND, now
from errata.runtime import metrics
from errata_tracker.batch import Batch
from errata_tracker.decide import Decisions
from errata_tracker.sending import alert_times

_STEPS = ("read", "decide", "commit")


def measure_batch(batch: Batch, decisions: Decisions, times: Sequence[float]) -> None:
    """Count a batch; `times` are the moments, in seconds, between which its steps were done."""
    for step, begun, ended in zip(_STEPS, times, times[1:], strict=False):
        metrics.TRACKER_STEP_SECONDS.labels(step).observe(ended - begun)
    events = sum(map(len, batch.events.values()))
    metrics.TRACKER_EVENTS.inc(events)
    metrics.TRACKER_BATCH_EVENTS.observe(events)
    metrics.TRACKER_COMMANDS.labels("done").inc(decisions.obeyed)
    metrics.TRACKER_COMMANDS.labels("without_effect").inc(len(batch.commands) - decisions.obeyed)
    for message in decisions.told:
        if isinstance(message, Alert):
            metrics.TRACKER_ALERTS.labels(message.kind.value).inc()
        else:
            metrics.TRACKER_TRANSITIONS.labels(message.kind.value).inc()


def measure_sent(outbox: Mapping[str, bytes]) -> None:
    """Say how old the alerts are that Kafka now has."""
    sent = now()
    for fired_at in alert_times(outbox):
        metrics.STAGE_AGE.labels("alert").observe((sent - fired_at) / SECOND)
