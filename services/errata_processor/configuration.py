"""The configuration that a processor works by: taken up while it runs, and at once for a project that it does not know.

A relay and a processor each look every few seconds, and the folders of two machines may be some seconds apart: the
relay may have taken an item for a project that this processor is about to hear of.
"""

import asyncio
from collections.abc import Collection

from errata.config.loading import ConfigFolder
from errata.config.model import Config
from errata.runtime.config_follower import ConfigFollower
from errata.runtime.health import Health
from errata_processor.chains import BuildChain, Chains

# Looks for an unknown project, and seconds between them: together as long as a change takes to get around.
_LOOKS, _PAUSE = 10, 0.5


class Configuration:
    """The chains of now; a batch works by those it began with, to its end."""

    def __init__(self, folder: ConfigFolder, build: BuildChain, health: Health) -> None:
        """Begin with what the folder holds now, and a way to make a project's chain."""
        self.chains = Chains(folder.current, build)
        self._build = build
        self._follower = ConfigFollower(folder, health, self._take)
        self._given_up: set[int] = set()

    async def follow(self, seconds: float) -> None:
        """Take up changes, looking every so many seconds, until cancelled."""
        await self._follower.follow(seconds)

    async def wait_for(self, projects: Collection[int]) -> None:
        """Return when all these projects are known, or have been waited for: once each, so that no item waits twice."""
        looks = 0
        while unknown := {project for project in projects if self.chains.of(project) is None} - self._given_up:
            if looks == _LOOKS:
                self._given_up |= unknown
                return
            if looks:
                await asyncio.sleep(_PAUSE)
            self._follower.look()
            looks += 1

    def _take(self, config: Config) -> None:
        self.chains = Chains(config, self._build)
