"""What one item becomes: events, or an outcome, with or without a dead letter; exactly one ending each. Pure."""

from collections.abc import Callable
from functools import partial

from msgspec import Raw, structs

from errata.contracts.messages import encode
from errata.contracts.odd_json import dumps
from errata.contracts.outcomes import Dropped, Invalid, OutcomeKind, Reason
from errata.contracts.staged import encode_staged
from errata.contracts.topics import stage_topic
from errata.protocols.registry import events_of
from errata.stages.flatten import flatten
from errata.stages.pipeline import Chain, StageFailed
from errata.stages.stage import Context, Event, Missing
from errata_processor.endings import Ending, all_of, dead_letter, event_id, handed_on, invalid, no_event, one_event
from errata_processor.terms import Job, Terms
from errata_processor.trim import trim


class _TooLargeError(Exception):
    """Even trimmed, the event does not fit into a message."""


def process_item(job: Job, holder: str, terms: Terms) -> Ending:
    """Give how one item ends. No exception that is the item's own leaves it; a lack of memory is nobody's own.

    Args:
        job: the item.
        holder: the origin, as text, that holds its event id; its own, or empty, when it is the first.
        terms: what holds for its batch.

    Raises:
        Missing: it needs uploads that are not known yet; never when `terms` hold none at all.

    """
    if holder and holder != str(job.origin):
        return no_event(job, OutcomeKind.DUPLICATE, Reason.SAME_EVENT_ID, terms, duplicate_of=holder)
    try:
        return _end(job, terms)
    except (MemoryError, Missing):
        raise
    except StageFailed as error:
        return dead_letter(job, error.stage, error.error_class, terms)
    except _TooLargeError as error:
        return dead_letter(job, _place(error), type(error).__name__, terms, Reason.OUTPUT_TOO_LARGE)
    except Exception as error:  # noqa: BLE001 - one item's bug must not stop its neighbours
        return dead_letter(job, _place(error), type(error).__name__, terms)


def _end(job: Job, terms: Terms) -> Ending:
    chain = terms.chains.of(job.item.meta.project)
    if chain is None:
        return invalid(job, Reason.UNKNOWN_PROJECT, terms)
    try:
        events = events_of(job.item)
    except Dropped as end:
        return no_event(job, OutcomeKind.FILTERED, end.reason, terms)
    except Invalid as end:
        return invalid(job, end.reason, terms)
    if not events:
        return invalid(job, Reason.NO_ITEMS, terms)
    if len(events) == 1:
        return _end_event(events[0], job, chain, terms)
    parts = [
        _end_event(event, Job(structs.replace(job.origin, part=part, parts=len(events)), job.item), chain, terms)
        for part, event in enumerate(events)
    ]
    return all_of(parts)


def _end_event(event: Event, job: Job, chain: Chain, terms: Terms) -> Ending:
    """Give how one event of an item ends: on `events`, with the next segment, or filtered or invalid by itself."""
    meta = job.item.meta
    context = Context(
        event_id=event_id(job),
        received_at=meta.received_at,
        sent_at=meta.sent_at,
        client_address=meta.client_address,
        user_agent=meta.user_agent,
        sdk=meta.sdk,
        hash_key=terms.hash_key,
        artifacts=terms.artifacts,
    )
    try:
        event = chain(event, context)
    except Dropped as end:
        return no_event(job, OutcomeKind.FILTERED, end.reason, terms)
    except Invalid as end:
        return invalid(job, end.reason, terms)
    if terms.segment.until:
        hand_on = partial(encode_staged, job.origin, meta)
        value = _fit(hand_on(dumps(event)), event, terms.max_event_bytes, hand_on)
        return handed_on(job, stage_topic(terms.segment.until), value)
    message = flatten(
        event,
        context,
        project_id=meta.project,
        key_id=meta.key_id,
        origin=job.origin,
        config_hash=terms.chains.config.hash,
    )
    value = _fit(
        encode(message),
        event,
        terms.max_event_bytes,
        lambda payload: encode(structs.replace(message, payload=Raw(payload))),
    )
    return one_event(job, message.group_hash.encode(), value)


def _fit(value: bytes, event: Event, limit: int, again: Callable[[bytes], bytes]) -> bytes:
    """Give the value, or that of the trimmed event where it is too large."""
    if len(value) <= limit:
        return value
    if trim(event, len(value) - limit):
        value = again(dumps(event))
    if len(value) > limit:
        raise _TooLargeError
    return value


def _place(error: Exception) -> str:
    """Give our innermost module that the error came through; of a closed set, unlike an error's text."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__"))
        place = module if module.startswith("errata") else place
        traceback = traceback.tb_next
    return place
