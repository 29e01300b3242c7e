"""The configuration that a processor works by: taken up while it runs, the last good one kept."""

import asyncio

from errata.config.loading import ConfigFolder
from errata.runtime import logging, metrics
from errata.runtime.health import Health
from errata_processor.batch import BuildChain, Chains

# How soon a change is taken up; one `stat` a file.
_EVERY_SECONDS = 2.0

log = logging.get(__name__)


class Configuration:
    """The chains of the configuration in use; a batch works by one from its beginning to its end."""

    def __init__(self, folder: ConfigFolder, build: BuildChain, health: Health) -> None:
        """Begin with what the folder holds now."""
        self.chains = Chains(folder.current, build)
        self._folder = folder
        self._build = build
        self._health = health

    async def follow(self) -> None:
        """Take up changes, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            was_broken = self._folder.broken is not None
            if self._folder.refresh():
                self.chains = Chains(self._folder.current, self._build)
                metrics.CONFIG_RELOADS.inc()
                log.info("configuration taken up", config_hash=self.chains.config.hash)
            broken = self._folder.broken
            metrics.CONFIG_BROKEN.set(broken is not None)
            if broken is not None and not was_broken:
                log.warning("configuration is broken, the last good one is kept", mistake=str(broken))
                self._health.missing("configuration")
            elif broken is None and was_broken:
                self._health.present("configuration")
