"""A project that the configuration does not know yet is waited for, once."""

import asyncio
from pathlib import Path

import pytest
from tests.services.errata_processor.rig import PROJECT

from errata.config.loading import ConfigFolder
from errata.runtime.health import Health
from errata.stages.pipeline import build
from errata_processor import configuration
from errata_processor.configuration import Configuration


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    folder = tmp_path / "projects"
    folder.mkdir()
    (folder / "shop.yaml").write_text(PROJECT)
    return folder


def add(projects: Path, number: int) -> None:
    (projects / f"{number}.yaml").write_text(f"id: {number}\nslug: p{number}\nkeys: []\n")


def of(projects: Path) -> Configuration:
    return Configuration(ConfigFolder(projects.parent), build, Health())


async def test_a_project_that_was_added_since_the_last_look_is_there_at_once(projects: Path) -> None:
    own = of(projects)
    add(projects, 2)
    assert own.chains.of(2) is None
    await own.wait_for({1, 2})
    assert own.chains.of(2) is not None


async def test_a_project_that_comes_a_little_later_is_waited_for(projects: Path) -> None:
    own = of(projects)
    waiting = asyncio.create_task(own.wait_for({2}))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    add(projects, 2)
    await waiting
    assert own.chains.of(2) is not None


async def test_one_that_does_not_come_is_waited_for_once(projects: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_PAUSE", 0.01)
    own = of(projects)
    await own.wait_for({404})
    monkeypatch.setattr(configuration, "_PAUSE", 3600)
    await own.wait_for({404, 1})
    add(projects, 404)
    own._follower.look()
    assert own.chains.of(404) is not None


async def test_a_batch_goes_on_with_the_chains_that_it_began_with(projects: Path) -> None:
    own = of(projects)
    before = own.chains
    add(projects, 2)
    await own.wait_for({2})
    assert before.of(2) is None
