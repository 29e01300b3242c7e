"""Sessions behave as ClickHouse's: one request at a time, gone after their time."""

import pytest

from errata_chdb.errors import ClickHouseError
from errata_chdb.sessions import Sessions


class Handle:
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def sessions(clock: list[float]) -> Sessions:
    return Sessions(Handle, clock=lambda: clock[0])  # type: ignore[arg-type]


def test_the_same_name_gives_the_same_handle(sessions: Sessions) -> None:
    with sessions.use("a") as first:
        pass
    with sessions.use("a") as second, sessions.use("b") as other:
        assert first is second
        assert other is not first


def test_a_session_in_use_is_locked(sessions: Sessions) -> None:
    with sessions.use("a"), pytest.raises(ClickHouseError) as refused, sessions.use("a"):
        pass
    assert refused.value.code == 373


def test_a_session_expires_after_its_own_timeout(sessions: Sessions, clock: list[float]) -> None:
    with sessions.use("a", timeout_s=5) as handle:
        pass
    clock[0] = 6
    with sessions.use("b"):
        assert handle.closed
    with pytest.raises(ClickHouseError) as refused, sessions.use("a", must_exist=True):
        pass
    assert refused.value.code == 372
