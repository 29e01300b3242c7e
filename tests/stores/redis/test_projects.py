"""What partitions share: short numbers that are given once, and releases with the time they were first seen."""

from collections.abc import AsyncIterator

import pytest

from errata.stores.redis import projects as module
from errata.stores.redis.connection import connect
from errata.stores.redis.projects import Projects

pytestmark = pytest.mark.stack


@pytest.fixture
async def projects(redis_db: str) -> AsyncIterator[Projects]:
    async with connect(redis_db) as redis:
        yield Projects(redis, "test.")


async def test_numbers_begin_at_one_and_are_given_once(projects: Projects) -> None:
    assert [*await projects.numbers(1, 3), *await projects.numbers(1, 2)] == [1, 2, 3, 4, 5]
    assert list(await projects.numbers(2, 1)) == [1]


async def test_numbers_are_raised_and_never_lowered(projects: Projects) -> None:
    await projects.raise_number(1, 40, margin=0)
    await projects.raise_number(1, 7, margin=0)
    assert list(await projects.numbers(1, 1)) == [41]


async def test_numbers_that_may_be_on_their_way_are_left_out_once(projects: Projects) -> None:
    await projects.numbers(1, 1)  # by an owner that does not know yet that Redis was lost
    await projects.raise_number(1, 40, margin=100)
    await projects.raise_number(1, 40, margin=100)
    assert list(await projects.numbers(1, 1)) == [141]
    await projects.raise_number(1, 141, margin=100)
    assert list(await projects.numbers(1, 1)) == [142]


async def test_a_release_keeps_the_time_it_was_first_met(projects: Projects) -> None:
    assert await projects.meet_releases(1, {"1.0": 5, "é": 6}, ["2.0"]) == {"1.0": 5, "é": 6}
    assert await projects.meet_releases(1, {"1.0": 9}, ["2.0", "é"]) == {"1.0": 5, "é": 6}
    assert await projects.meet_releases(2, {}, ["1.0"]) == {}


async def test_a_project_that_is_full_of_releases_takes_no_more(
    projects: Projects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_RELEASES", 2)
    assert await projects.meet_releases(1, {"a": 1, "b": 2, "c": 3}) == {"a": 1, "b": 2}
    assert await projects.meet_releases(1, {"c": 4, "a": 5}) == {"a": 1}
