"""What a batch of `ingest` becomes, item by item; pure, so it is tested without Kafka.

The shell's I/O stands between two steps: `unpack` says which items there are, Redis says who holds their event ids,
`process_batch` ends each item exactly once: as events, or as an outcome with or without a dead letter.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from errata.config.model import Config, Project
from errata.contracts.ids import derived_id
from errata.contracts.messages import Outcome, ProcessedEvent, encode
from errata.contracts.odd_json import dumps
from errata.contracts.origin import Origin
from errata.contracts.outcomes import Dropped, Invalid, OutcomeKind, Reason
from errata.contracts.pack import UNREADABLE, DeadLetter, Item, ItemFormat, ItemMeta, decode_pack, encode_dead_letter
from errata.contracts.topics import DEAD_LETTERS, EVENTS, OUTCOMES
from errata.protocols.registry import events_of
from errata.stages import pipeline
from errata.stages.flatten import flatten
from errata.stages.pipeline import Chain, StageFailed
from errata.stages.stage import Context, Event, Missing
from errata_processor.trim import trim

BuildChain = Callable[[Project], Chain]


class Record(NamedTuple):
    """One record of `ingest`."""

    partition: int
    offset: int
    value: bytes
    timestamp: int
    """When the broker or the relay wrote it; microseconds since 1970, UTC."""


class Job(NamedTuple):
    """One item and its place in the ledger."""

    origin: Origin
    item: Item


class Message(NamedTuple):
    """One record to send."""

    topic: str
    """Without the prefix."""
    key: bytes
    value: bytes


class Ending(NamedTuple):
    """How one item ended: what to send, and what to count."""

    received_at: int
    messages: list[Message]
    events: int = 0
    outcomes: tuple[Outcome, ...] = ()

    @property
    def failed(self) -> bool:
        """Tell whether it ended by a fault of ours."""
        return any(outcome.outcome is OutcomeKind.DEAD_LETTER for outcome in self.outcomes)


class Chains:
    """Each project's chain under one configuration, built when its first item comes."""

    def __init__(self, config: Config, build: BuildChain = pipeline.build) -> None:
        self.config = config
        self._build = build
        self._built: dict[int, Chain] = {}

    def __reduce__(self) -> tuple[type["Chains"], tuple[Config, BuildChain]]:
        """Travel to another process as what to build from: chains hold compiled patterns."""
        return Chains, (self.config, self._build)

    def of(self, project: int) -> Chain | None:
        """Give the chain of a project, None when there is no such project."""
        chain = self._built.get(project)
        if chain is None and project in self.config.projects:
            chain = self._built[project] = self._build(self.config.projects[project])
        return chain


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every item of a batch."""

    chains: Chains
    generation: int
    """Of the topics."""
    hash_key: bytes
    """Of the hashes that stand for users."""
    now: int
    """Microseconds since 1970, UTC: when the outcomes say that they happened."""
    max_event_bytes: int
    """Of a message on `events`: a larger one is trimmed, then dead-lettered."""
    artifacts: Mapping[Any, Any] | None = None
    """What is known of uploads; None where there are none, and frames stay as they came."""


class Batch(NamedTuple):
    """Consecutive records of one partition that are committed together."""

    first: int
    """Offset of the first record."""
    last: int
    jobs: list[Job]
    endings: list[Ending]
    """Of records that are no packs."""


def unpack(records: Iterable[Record], terms: Terms, items: int) -> Iterator[Batch]:
    """Give the items of consecutive records, in batches of so many items or a little more: a pack is never cut."""
    batch: Batch | None = None
    for record in records:
        jobs, endings = _open(record, terms)
        if batch is None:
            batch = Batch(record.offset, record.offset, jobs, endings)
        else:
            batch = Batch(batch.first, record.offset, batch.jobs + jobs, batch.endings + endings)
        if len(batch.jobs) >= items:
            yield batch
            batch = None
    if batch is not None:
        yield batch


def process_batch(jobs: Sequence[Job], holders: Sequence[str], terms: Terms) -> list[Ending]:
    """Give how each item ends, in their order.

    Args:
        jobs: the items.
        holders: for each the origin, as text, that holds its event id; its own, or empty, when it is the first.
        terms: what holds for all.

    """
    endings: list[Ending | None] = [None] * len(jobs)
    advance(jobs, holders, terms, endings)
    return [ending for ending in endings if ending is not None]


def advance(jobs: Sequence[Job], holders: Sequence[str], terms: Terms, endings: list[Ending | None]) -> list[Hashable]:
    """End the items that have not ended and need nothing that is not known; give what the others need.

    Args:
        jobs: as for `process_batch`.
        holders: as for `process_batch`.
        terms: as for `process_batch`.
        endings: how each item ended, None for those that have not; filled in.

    """
    needs: list[Hashable] = []
    for place, (job, holder) in enumerate(zip(jobs, holders, strict=True)):
        if endings[place] is None:
            try:
                endings[place] = process(job, holder, terms)
            except Missing as missing:
                needs += missing.needs
    return needs


def process(job: Job, holder: str, terms: Terms) -> Ending:
    """Give how one item ends. No exception that is the item's own leaves it; a lack of memory is nobody's own.

    Raises:
        Missing: it needs uploads that are not known yet; never when `terms` hold none at all.

    """
    if holder and holder != str(job.origin):
        return _outcome(job, OutcomeKind.DUPLICATE, Reason.SAME_EVENT_ID, terms, duplicate_of=holder)
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


def dead_letter(job: Job, stage: str, error_class: str, terms: Terms, reason: Reason = Reason.STAGE_ERROR) -> Ending:
    """Give the ending of an item that failed by a fault of ours: kept whole, for a replay.

    An item of several events fails as a whole, so that a replay never doubles those that went well.
    """
    ending = _outcome(job, OutcomeKind.DEAD_LETTER, reason, terms)
    ending.messages.append(_letter(job, stage, error_class, terms))
    return ending


class _TooLargeError(Exception):
    """Even trimmed, the event does not fit into a message."""


def _open(record: Record, terms: Terms) -> tuple[list[Job], list[Ending]]:
    """Give the items of a record; one that is no pack, or holds nothing, ends as if it were one item."""
    place = partial(Origin, generation=terms.generation, partition=record.partition, offset=record.offset)
    try:
        items = decode_pack(record.value).items
        error_class = "EmptyPack"
    except msgspec.DecodeError as error:
        items = ()
        error_class = type(error).__name__
    if not items:
        meta = ItemMeta(ItemFormat.SENTRY_EVENT, project=0, key_id="", event_id="", received_at=record.timestamp)
        return [], [dead_letter(Job(place(index=0, items=1), Item(meta, record.value)), UNREADABLE, error_class, terms)]
    return [Job(place(index=index, items=len(items)), item) for index, item in enumerate(items)], []


def _end(job: Job, terms: Terms) -> Ending:
    chain = terms.chains.of(job.item.meta.project)
    if chain is None:
        return _invalid(job, Reason.UNKNOWN_PROJECT, terms)
    try:
        events = events_of(job.item)
    except Dropped as end:
        return _outcome(job, OutcomeKind.FILTERED, end.reason, terms)
    except Invalid as end:
        return _invalid(job, end.reason, terms)
    if not events:
        return _invalid(job, Reason.NO_ITEMS, terms)
    if len(events) == 1:
        return _end_event(events[0], job, chain, terms)
    parts = [
        _end_event(event, Job(structs.replace(job.origin, part=part, parts=len(events)), job.item), chain, terms)
        for part, event in enumerate(events)
    ]
    return Ending(
        job.item.meta.received_at,
        [message for part in parts for message in part.messages],
        sum(part.events for part in parts),
        tuple(outcome for part in parts for outcome in part.outcomes),
    )


def _end_event(event: Event, job: Job, chain: Chain, terms: Terms) -> Ending:
    """Give how one event of an item ends: on `events`, or filtered or invalid by itself."""
    meta = job.item.meta
    context = Context(
        event_id=meta.event_id if job.origin.parts == 1 else derived_id(meta.event_id, job.origin.part),
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
        return _outcome(job, OutcomeKind.FILTERED, end.reason, terms)
    except Invalid as end:
        return _invalid(job, end.reason, terms)
    message = flatten(
        event,
        context,
        project_id=meta.project,
        key_id=meta.key_id,
        origin=job.origin,
        config_hash=terms.chains.config.hash,
    )
    value = _fit(message, event, terms.max_event_bytes)
    return Ending(meta.received_at, [Message(EVENTS, message.group_hash.encode(), value)], events=1)


def _fit(message: ProcessedEvent, event: Event, limit: int) -> bytes:
    value = encode(message)
    if len(value) <= limit:
        return value
    if trim(event, len(value) - limit):
        value = encode(structs.replace(message, payload=msgspec.Raw(dumps(event))))
    if len(value) > limit:
        raise _TooLargeError
    return value


def _outcome(job: Job, kind: OutcomeKind, reason: Reason, terms: Terms, duplicate_of: str = "") -> Ending:
    meta = job.item.meta
    outcome = Outcome(
        outcome=kind,
        reason=reason,
        project=meta.project,
        key_id=meta.key_id,
        event_id=meta.event_id,
        source="processor",
        at=terms.now,
        origin=job.origin,
        duplicate_of=duplicate_of,
    )
    message = Message(OUTCOMES, str(meta.project).encode(), encode(outcome))
    return Ending(meta.received_at, [message], outcomes=(outcome,))


def _invalid(job: Job, reason: Reason, terms: Terms) -> Ending:
    """Give the ending of what can not be an event: no fault of ours, but kept, since what we take for invalid may be.

    One event of several is not: a replay would double its neighbours.
    """
    ending = _outcome(job, OutcomeKind.INVALID, reason, terms)
    if job.origin.parts == 1:
        ending.messages.append(_letter(job, "", f"{Invalid.__name__}:{reason}", terms))
    return ending


def _letter(job: Job, stage: str, error_class: str, terms: Terms) -> Message:
    origin = str(job.origin)
    letter = DeadLetter(1, origin, stage, error_class, terms.chains.config.hash, terms.now, job.item)
    return Message(DEAD_LETTERS, origin.encode(), encode_dead_letter(letter))


def _place(error: Exception) -> str:
    """Give our innermost module that the error came through; of a closed set, unlike an error's text."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__"))
        place = module if module.startswith("errata") else place
        traceback = traceback.tb_next
    return place
