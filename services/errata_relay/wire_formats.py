"""What the relay takes: each kind of request with where its key is, how its body is read and how it is answered.

A kind of request that differs from the others differs here, and nowhere in the order of admission.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from errata.contracts.categories import DEFAULT, ERROR
from errata.contracts.outcomes import Reason
from errata.protocols import airbrake, browser_reports, bugsnag, bugsnag_sessions, honeybadger, rollbar
from errata.protocols.admitted import Admit, Admitted, NotKept
from errata.protocols.otlp import splitting as otlp
from errata.protocols.sentry import client_reports
from errata.protocols.sentry.admit import admit_cron, admit_envelope, admit_store, admit_store_query
from errata_relay import answers, keys
from errata_relay.answers import Answers
from errata_relay.keys import KeyInBody, Keys
from errata_relay.request import Request
from errata_relay.settings import RelaySettings

AdmitBody: TypeAlias = Callable[[bytes, Request, RelaySettings], Admitted]
"""Takes the body, decompressed; raises `Invalid` for what is no body of this kind."""


class WireFormat(NamedTuple):
    """One kind of request."""

    keys: Keys
    admit: AdmitBody
    answers: Answers
    category: str
    """What a request counts as whose items are not known yet; see also `uniform`."""
    uniform: bool = True
    """Whether all of its items are of that category, so that a limit on it refuses the request unread."""
    one_item: bool = False
    """Whether a body becomes one item, or some that are small together: it may be no larger than an item then."""
    key_in_body: KeyInBody | None = None
    is_report: Callable[[bytes], bool] | None = None
    """Tells a body that reports losses: limits do not concern it."""
    anonymous: bool = False
    """Whether it holds no key, so that nothing of it is kept."""


def _foreign(admit: Admit) -> AdmitBody:
    return lambda body, request, _settings: admit(body, request.headers, request.query)


def _not_kept(category: str) -> AdmitBody:
    return lambda _body, _request, _settings: Admitted(not_kept=(NotKept(Reason.UNSUPPORTED_ITEM, category),))


def _envelope(body: bytes, _request: Request, settings: RelaySettings) -> Admitted:
    return admit_envelope(body, max_items=settings.max_items, max_item_bytes=settings.max_item_bytes)


def _store(body: bytes, _request: Request, settings: RelaySettings) -> Admitted:
    return admit_store(body, max_item_bytes=settings.max_item_bytes)


def _store_query(_body: bytes, request: Request, settings: RelaySettings) -> Admitted:
    return admit_store_query(request.query, max_item_bytes=settings.max_item_bytes)


def _cron(body: bytes, request: Request, _settings: RelaySettings) -> Admitted:
    return admit_cron(request.name, body, request.query)


# -- Sentry
ENVELOPE = WireFormat(
    keys.sentry,
    _envelope,
    answers.SENTRY,
    DEFAULT,
    uniform=False,
    key_in_body=keys.envelope_dsn,
    is_report=client_reports.begins_with_report,
)
TUNNEL = ENVELOPE._replace(keys=keys.nowhere)
"""An envelope at any other path: its key stands in its own header alone."""
STORE = WireFormat(keys.sentry, _store, answers.SENTRY, ERROR)
STORE_QUERY = STORE._replace(admit=_store_query)
BROWSER_REPORT = WireFormat(keys.sentry, _foreign(browser_reports.admit), answers.BROWSER_REPORT, ERROR, one_item=True)
CRON = WireFormat(keys.sentry, _cron, answers.SENTRY, "monitor", one_item=True)
CRASH_DUMP = WireFormat(keys.sentry, _not_kept(ERROR), answers.SENTRY_ID_AS_TEXT, ERROR)
"""Minidumps and Unreal's: accepted, and counted as what Errata does not read."""
ATTACHMENT = WireFormat(keys.sentry, _not_kept("attachment"), answers.SENTRY_CREATED, "attachment")

# -- Rollbar
ROLLBAR = WireFormat(
    keys.header(b"x-rollbar-access-token"),
    _foreign(rollbar.admit),
    answers.ROLLBAR,
    ERROR,
    one_item=True,
    key_in_body=keys.token_in_json,
)

# -- Bugsnag
BUGSNAG = WireFormat(
    keys.header(b"bugsnag-api-key"),
    _foreign(bugsnag.admit),
    answers.BUGSNAG,
    ERROR,
    one_item=True,
    key_in_body=keys.token_in_json,
)
BUGSNAG_SESSIONS = WireFormat(
    keys.header(b"bugsnag-api-key"),
    _foreign(bugsnag_sessions.admit),
    answers.BUGSNAG_SESSIONS,
    "session",
    one_item=True,
)

# -- Airbrake: Python's client sends a bearer, JavaScript's the query
_AIRBRAKE_KEYS = keys.first(keys.query("key"), keys.bearer)
AIRBRAKE = WireFormat(_AIRBRAKE_KEYS, _foreign(airbrake.admit), answers.AIRBRAKE, ERROR, one_item=True)
AIRBRAKE_STATS = WireFormat(_AIRBRAKE_KEYS, _foreign(airbrake.admit_stats), answers.AIRBRAKE_STATS, DEFAULT)

# -- Honeybadger
_HONEYBADGER_KEYS = keys.header(b"x-api-key")
HONEYBADGER = WireFormat(_HONEYBADGER_KEYS, _foreign(honeybadger.admit), answers.HONEYBADGER, ERROR, one_item=True)
HONEYBADGER_EVENTS = WireFormat(
    _HONEYBADGER_KEYS, _foreign(honeybadger.admit_events), answers.HONEYBADGER_EVENTS, "log_item"
)
HONEYBADGER_CHECK_IN = WireFormat(
    keys.nowhere, _not_kept("monitor"), answers.HONEYBADGER_CHECK_IN, "monitor", anonymous=True
)

# -- OpenTelemetry: whatever headers its user sets; an Authorization beside a key of ours is for somebody on the way
_OTLP_KEYS = keys.first(
    keys.header_of_sentry, keys.header(b"x-api-key"), keys.header(b"x-errata-key"), keys.sentry, keys.bearer
)
OTLP_TRACES = WireFormat(_OTLP_KEYS, _foreign(otlp.admit_traces), answers.OTLP, ERROR)
OTLP_LOGS = WireFormat(_OTLP_KEYS, _foreign(otlp.admit_logs), answers.OTLP, ERROR)
OTLP_METRICS = WireFormat(_OTLP_KEYS, _not_kept("trace_metric"), answers.OTLP, "trace_metric")
OTLP_PROFILES = WireFormat(_OTLP_KEYS, _not_kept("profile"), answers.OTLP, "profile")
"""Sent by whoever is told one address for all signals: a refusal would be logged, and tried again, for ever."""
