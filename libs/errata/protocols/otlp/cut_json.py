"""The errors in an OTLP request of JSON, each with the resource and scope around it."""

from collections import deque
from collections.abc import Iterator
from typing import Any

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.admitted import AdmittedItem
from errata.protocols.foreign import MOST_CRUMBS, Tree, trees_in
from errata.protocols.otlp.errors import error_id, is_error_log, is_exception
from errata.protocols.otlp.signals import TRACES, Signal

MAX_BYTES = 4 * 1024 * 1024
"""Of one request. SDKs send a tenth of it; Collectors send protobuf unless they are told otherwise."""
MAX_VALUES = 600_000
"""Of one request; for each an object is made in memory."""
MAX_RECORDS = 20_000
"""Of one request. SDKs send 512, a Collector 8,192 unless it is told otherwise."""

# Levels of JSON that an item holds: more than the values have that are read, fewer than can be written.
_DEEPEST = 200


def errors_in(body: bytes, signal: Signal) -> Iterator[AdmittedItem | Reason]:
    """Give the item of each error, and for each record that is none why it is not kept.

    Raises:
        Invalid: the body is no JSON object, or larger than a client has reason to send.

    """
    # No value begins without one of these three before it. They also stand in texts, but far from as densely.
    if len(body) > MAX_BYTES or sum(map(body.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise Invalid(Reason.TOO_LARGE)
    request = odd_json.load_object(body)
    cut = _exceptions_of if signal is TRACES else _error_of
    records = 0
    for resource in trees_in(request.get(signal.resources)):
        for scope in trees_in(resource.get(signal.scopes)):
            for record in trees_in(scope.get(signal.records)):
                records += 1
                if records > MAX_RECORDS:
                    raise Invalid(Reason.TOO_LARGE)
                for found in cut(record):
                    if isinstance(found, Reason):
                        yield found
                        continue
                    error, event_id = found
                    scopes = [{**scope, signal.records: [error]}]
                    payload = _written({signal.resources: [{**resource, signal.scopes: scopes}]})
                    yield AdmittedItem(signal.format, payload, event_id)


def _error_of(record: Tree) -> Iterator[tuple[Tree, str] | Reason]:
    yield (record, error_id(record, record, _written(record))) if is_error_log(record) else Reason.UNSUPPORTED_ITEM


def _exceptions_of(span: Tree) -> Iterator[tuple[Tree, str] | Reason]:
    """Give a span once for each exception on it: with that one, and what happened before that was none."""
    before: deque[Tree] = deque(maxlen=MOST_CRUMBS)
    passed = exceptions = 0
    for event in trees_in(span.get("events")):
        if not is_exception(event):
            before.append(event)
            passed += 1
            continue
        exceptions += 1
        error = {**span, "events": [*before, event]}
        if left_out := passed - len(before):
            told = span.get("droppedEventsCount")
            error["droppedEventsCount"] = left_out + (told if isinstance(told, int) else 0)
        yield error, error_id(event, span, _written(event))
    if not exceptions:
        yield Reason.UNSUPPORTED_ITEM


def _written(tree: Tree) -> bytes:
    """Give the tree as JSON; what is too deep to be written is cut, rather than to lose the error around it."""
    try:
        return odd_json.dumps(tree)
    except Invalid:
        return odd_json.dumps(_cut(tree, _DEEPEST))


def _cut(value: Any, levels: int) -> Any:
    if isinstance(value, dict):
        return {key: _cut(inner, levels - 1) for key, inner in value.items()} if levels else {}
    if isinstance(value, list):
        return [_cut(inner, levels - 1) for inner in value] if levels else []
    return value
