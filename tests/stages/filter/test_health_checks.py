"""Which transactions are health checks."""

import pytest

from errata.contracts.outcomes import Reason


@pytest.mark.parametrize(
    "transaction",
    [
        *("GET /healthz", "/health/", "/api/v1/ping", "/_health", "HEAD /up", "/readyz", "/live", "/HEARTBEAT"),
        *("app.views.health_check", "HealthCheck", "shop.healthcheck_view"),
        *("/internal/health-check/db", "/status/health.json"),
    ],
)
def test_health_checks_are_dropped(ending, transaction):
    assert ending({"transaction": transaction}, health_checks=True) is Reason.HEALTH_CHECK
    assert ending({"transaction": transaction}) is None


@pytest.mark.parametrize(
    "transaction",
    [
        "/healthcare",
        "/health/records",
        "/users/signup",
        "/shipping",
        "up",
        "GET /live/matches",
        "delivery",
        "",
        "ready",
    ],
)
def test_other_transactions_pass(ending, transaction):
    assert ending({"transaction": transaction}, health_checks=True) is None
