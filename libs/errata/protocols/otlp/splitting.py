"""The errors in an OTLP request, each as an item: a request of one record, in the encoding that it came in.

Most records are no errors; `cut_protobuf` and `cut_json` find those that are.
"""

from collections import Counter

from errata.contracts.categories import ERROR
from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.admitted import Admitted, AdmittedItem, Headers, NotKept
from errata.protocols.otlp import cut_json, cut_protobuf
from errata.protocols.otlp.signals import LOGS, TRACES, Signal, is_json

MAX_ERRORS = 8_192
"""Of one request: in a bad hour, all that a Collector sends."""
MAX_BYTES = 32 * 1024 * 1024
"""Of all items of a request: each repeats the resource, so a hostile one could make much of little."""

_NO_ERRORS = frozenset({Reason.UNSUPPORTED_ITEM, Reason.NO_ITEMS})


def admit_traces(body: bytes, headers: Headers, _query: str) -> Admitted:
    """Give each exception on the spans of a `POST /v1/traces` as an item; what else is in it is counted as not kept.

    Raises:
        Invalid: the body is neither protobuf nor JSON of its kind, or too much of it.

    """
    return _admit(body, headers, TRACES)


def admit_logs(body: bytes, headers: Headers, _query: str) -> Admitted:
    """Give each error of a `POST /v1/logs` as an item; other records are counted as not kept.

    Raises:
        Invalid: the body is neither protobuf nor JSON of its kind, or too much of it.

    """
    return _admit(body, headers, LOGS)


def _admit(body: bytes, headers: Headers, signal: Signal) -> Admitted:
    content_type = headers.get(b"content-type", b"").decode("latin-1")
    cut = cut_json.errors_in if is_json(content_type, body) else cut_protobuf.errors_in
    items: dict[str, AdmittedItem] = {}
    not_kept: Counter[Reason] = Counter()
    size = 0
    for found in cut(body, signal):
        if isinstance(found, Reason):
            not_kept[found] += 1
            continue
        size += len(found.payload)
        if found.event_id in items:  # recorded twice; and a client that repeats its request repeats it
            not_kept[Reason.SAME_EVENT_ID] += 1
            continue
        items[found.event_id] = found
        if size > MAX_BYTES or len(items) > MAX_ERRORS:
            raise Invalid(Reason.TOO_LARGE)
    if not items and not not_kept:
        not_kept[Reason.NO_ITEMS] = 1
    counts = (
        NotKept(reason, signal.category if reason in _NO_ERRORS else ERROR, number)
        for reason, number in not_kept.items()
    )
    return Admitted(tuple(items.values()), tuple(counts))
