"""What each client needs to hear, by what its source reads of an answer: status, body, type, and how to be slowed.

Success first, then refusals. What a refusal is in itself (status, sentence, Sentry's headers) stands in `refusals.py`.
"""

import uuid
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import msgspec

from errata.contracts.outcomes import Reason
from errata_relay.refusals import REFUSALS, Header, Refused, headers_of
from errata_relay.request import Request

JSON = b"application/json"
TEXT = b"text/plain"


class Answer(NamedTuple):
    """What a client is told."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()
    content_type: bytes = JSON


class Answers(NamedTuple):
    """How one kind of client is answered."""

    accept: Callable[[str, Request], Answer]
    """Takes the id of the event in the request; empty when there is none."""
    refuse: Callable[[Refused, Request], Answer]


_json = msgspec.json.encode


@cache  # refusals come by the thousand a second
def _sentence(reason: Reason) -> bytes:
    detail = REFUSALS[reason].detail
    return _json({"detail": detail, "reason": reason, "message": detail})


def _detail(refused: Refused, _request: Request) -> Answer:
    return Answer(REFUSALS[refused.reason].status, _sentence(refused.reason), tuple(headers_of(refused)))


def _always(answer: Answer) -> Callable[[str, Request], Answer]:
    return lambda _event_id, _request: answer


def _sentry(event_id: str, _request: Request) -> Answer:
    return Answer(200, b'{"id":"%s"}' % event_id.encode()) if event_id else _NOTHING


def _with_id(status: int) -> Callable[[str, Request], Answer]:
    return lambda event_id, _request: Answer(status, _json({"id": event_id and str(uuid.UUID(event_id))}))


def _id_as_text(_event_id: str, _request: Request) -> Answer:
    return Answer(200, str(uuid.uuid4()).encode(), content_type=TEXT)


def _rollbar(event_id: str, _request: Request) -> Answer:
    """Give what both clients parse: without `err` or `result`, Python's logs an error for each item."""
    told = event_id and str(uuid.UUID(event_id))
    return Answer(200, _json({"err": 0, "result": {"id": None, "uuid": told}}))


def _rollbar_refusal(refused: Refused, _request: Request) -> Answer:
    status, detail = REFUSALS[refused.reason]
    headers = headers_of(refused)
    if status == 429:  # Node pauses for so long, at most a minute
        seconds = b"%d" % refused.seconds
        headers += [(b"x-rate-limit-remaining", b"0"), (b"x-rate-limit-remaining-seconds", seconds)]
    return Answer(status, _json({"err": 1, "message": detail}), tuple(headers))


def _airbrake_refusal(refused: Refused, request: Request) -> Answer:
    """Refuse; `X-RateLimit-Delay` is for JavaScript alone, which sends its key in the query.

    pybrake, told of a delay, reads the answer twice and raises into the application.
    """
    answer = _detail(refused, request)
    if answer.status == 429 and request.query:
        return answer._replace(headers=(*answer.headers, (b"x-ratelimit-delay", b"%d" % refused.seconds)))
    return answer


def _honeybadger_refusal(refused: Refused, request: Request) -> Answer:
    """Refuse; Python's client alone hears 201 all the same, with the refusal in the headers.

    It does not slow down, and with `force_sync` it raises any 4xx or 5xx into the application, which has done nothing
    wrong. It does not name itself: its requests are those of Python's own library.
    """
    if request.header(b"user-agent").startswith("Python-urllib/"):
        return Answer(201, b'{"id":""}', tuple(headers_of(refused)))
    return _detail(refused, request)


def _wants_json(request: Request) -> bool:
    return request.header(b"content-type").startswith("application/json")


def _otlp(_event_id: str, request: Request) -> Answer:
    """Give an empty `Export...ServiceResponse` in the request's own type: in protobuf that is no bytes at all."""
    return _NOTHING if _wants_json(request) else Answer(200, b"", content_type=_PROTOBUF)


def _otlp_refusal(refused: Refused, request: Request) -> Answer:
    """Give a `google.rpc.Status` in the request's own type, as the protocol asks."""
    status, detail = REFUSALS[refused.reason]
    headers = tuple(headers_of(refused))
    if _wants_json(request):
        return Answer(status, _json({"code": _GRPC_CODE.get(status, 3), "message": detail}), headers)
    text = detail.encode()  # shorter than 128 bytes, so that one byte says its length
    return Answer(status, b"\x08%c\x12%c%s" % (_GRPC_CODE.get(status, 3), len(text), text), headers, _PROTOBUF)


_NOTHING = Answer(200, b"{}")
_PROTOBUF = b"application/x-protobuf"
# Unauthenticated, permission denied, resource exhausted; all else is an invalid argument.
_GRPC_CODE = {401: 16, 403: 7, 429: 8}

SENTRY = Answers(_sentry, _detail)
SENTRY_CREATED = Answers(_always(Answer(201, b"{}")), _detail)
SENTRY_ID_AS_TEXT = Answers(_id_as_text, _detail)
BROWSER_REPORT = Answers(_always(Answer(201, b"")), _detail)
ROLLBAR = Answers(_rollbar, _rollbar_refusal)
BUGSNAG = Answers(_always(Answer(200, b"OK", content_type=TEXT)), _detail)
BUGSNAG_SESSIONS = Answers(_always(Answer(202, b"{}")), _detail)
AIRBRAKE = Answers(_with_id(201), _airbrake_refusal)
AIRBRAKE_STATS = Answers(_always(_NOTHING), _airbrake_refusal)
HONEYBADGER = Answers(_with_id(201), _honeybadger_refusal)
HONEYBADGER_EVENTS = Answers(_always(Answer(201, b'{"status":"ok"}')), _detail)
HONEYBADGER_CHECK_IN = Answers(_always(_NOTHING), _detail)
OTLP = Answers(_otlp, _otlp_refusal)
