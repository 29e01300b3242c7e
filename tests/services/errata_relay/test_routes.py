"""Which addresses are whose."""

import pytest

from errata_relay import wire_formats as wire
from errata_relay.routes import Target, target_of


@pytest.mark.parametrize(
    ("request_line", "target"),
    [
        ("POST /api/42/envelope/", Target(wire.ENVELOPE, "42")),
        ("POST /api/42/envelope", Target(wire.ENVELOPE, "42")),
        ("POST /a/b/c/api/42/envelope/", Target(wire.ENVELOPE, "42")),
        ("POST /api/42/store/", Target(wire.STORE, "42")),
        ("POST /api/store/", Target(wire.STORE)),
        ("POST /prefix/api/store", Target(wire.STORE)),
        ("GET /api/42/store/", Target(wire.STORE_QUERY, "42")),
        ("POST /api/42/security/", Target(wire.BROWSER_REPORT, "42")),
        ("POST /api/42/minidump", Target(wire.CRASH_DUMP, "42")),
        ("POST /api/42/unreal/key/", Target(wire.CRASH_DUMP, "42", key="key")),
        ("POST /api/42/events/abc/attachments/", Target(wire.ATTACHMENT, "42", name="abc")),
        ("GET /api/42/cron/nightly", Target(wire.CRON, "42", name="nightly")),
        ("POST /api/42/cron/nightly/key/", Target(wire.CRON, "42", key="key", name="nightly")),
        ("POST /api/42/integration/otlp/v1/logs", Target(wire.OTLP_LOGS, "42")),
        ("POST /v1/traces", Target(wire.OTLP_TRACES)),
        ("POST /v1/metrics", Target(wire.OTLP_METRICS)),
        ("POST /v1development/profiles", Target(wire.OTLP_PROFILES)),
        ("POST /api/1/item/", Target(wire.ROLLBAR)),
        ("POST /notify", Target(wire.BUGSNAG)),
        ("POST /sessions", Target(wire.BUGSNAG_SESSIONS)),
        ("POST /api/v3/projects/42/notices", Target(wire.AIRBRAKE, "42")),
        ("POST /api/v5/projects/42/routes-stats", Target(wire.AIRBRAKE_STATS, "42")),
        ("POST /api/v5/projects/42/breakdowns-stats", Target(wire.AIRBRAKE_STATS, "42")),
        ("POST /v1/notices/", Target(wire.HONEYBADGER)),
        ("POST /v1/notices/js", Target(wire.HONEYBADGER)),
        ("POST /v1/events", Target(wire.HONEYBADGER_EVENTS)),
        ("GET /v1/check_in/abc", Target(wire.HONEYBADGER_CHECK_IN, name="abc")),
        ("POST /api/x/store/", Target(wire.TUNNEL)),
        ("POST /api/\u0664\u0662/store/", Target(wire.TUNNEL)),
        ("POST /store", Target(wire.TUNNEL)),
        ("POST /tunnel", Target(wire.TUNNEL)),
        ("POST /", Target(wire.TUNNEL)),
        ("POST ", Target(wire.TUNNEL)),
        ("GET /", None),
        ("GET /2020-06-18/config/42/config.json", None),
        ("PUT /api/42/envelope/", None),
        ("OST /api/42/envelope/", None),
    ],
)
def test_an_address_has_its_target(request_line, target):
    method, _, path = request_line.partition(" ")
    assert target_of(method, path, {}) == target


def test_a_bare_address_is_bugsnags_for_bugsnags_clients():
    assert target_of("POST", "/", {b"bugsnag-api-key": b"a"}) == Target(wire.BUGSNAG)
