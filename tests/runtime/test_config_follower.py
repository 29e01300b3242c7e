"""A changed configuration is taken up while a service runs; a broken one is said everywhere and not used."""

import asyncio
from pathlib import Path

import pytest

from errata.config.loading import ConfigError, ConfigFolder
from errata.config.model import Config
from errata.runtime.config_follower import ConfigFollower
from errata.runtime.health import Health
from errata.runtime.metrics import CONFIG_BROKEN

PROJECT = "id: 1\nslug: shop\nkeys: [{{id: web, public: {public}}}]\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "projects" / "shop.yaml"
    path.parent.mkdir()
    path.write_text(PROJECT.format(public="a" * 32))
    return path


def follower(project: Path, *, refuse: bool = False) -> tuple[ConfigFollower, Health, list[Config]]:
    taken: list[Config] = []

    def take(config: Config) -> None:
        if refuse and len(config.projects) == 1:
            raise ConfigError("one project is not enough")
        taken.append(config)

    health = Health()
    return ConfigFollower(ConfigFolder(project.parent.parent), health, take), health, taken


def change(project: Path, public: str) -> None:
    # Another size, too: the clock of file times may stand still for some milliseconds.
    project.write_text(PROJECT.format(public=public) + "# changed\n")


def test_only_a_change_is_taken_up(project: Path) -> None:
    following, _, taken = follower(project)
    following.look()
    assert taken == []
    change(project, "b" * 32)
    following.look()
    following.look()
    assert [set(config.keys) for config in taken] == [{"b" * 32}]


def test_a_broken_change_impairs_the_service_until_it_is_mended(project: Path) -> None:
    following, health, taken = follower(project)
    project.write_text("id: [")
    following.look()
    assert (health.impairments(), health.lacks(), taken) == (["config"], [], [])
    assert CONFIG_BROKEN._value.get() == 1
    project.write_text(PROJECT.format(public="a" * 32) + "\n")
    following.look()
    assert (health.impairments(), len(taken)) == ([], 1)
    assert CONFIG_BROKEN._value.get() == 0


def test_what_the_service_itself_refuses_is_broken_too(project: Path) -> None:
    following, health, taken = follower(project, refuse=True)
    change(project, "b" * 32)
    following.look()
    following.look()
    assert (health.impairments(), taken) == (["config"], [])
    (project.parent / "two.yaml").write_text("id: 2\nslug: two\nkeys: []\n")
    following.look()
    assert (health.impairments(), len(taken)) == ([], 1)


async def test_it_looks_again_and_again(project: Path) -> None:
    following, _, taken = follower(project)
    task = asyncio.create_task(following.follow(0.01))
    for public in ("b" * 32, "c" * 32):
        count = len(taken)
        change(project, public)
        async with asyncio.timeout(10):
            while len(taken) == count:
                await asyncio.sleep(0.01)
    task.cancel()
    assert len(taken) == 2
