"""Following the configuration folder while a service runs: a change is taken up, a broken one is said, never used.

Broken means the same in every service: a warning in the log, `errata_config_broken` at 1, and `impaired: config` in
its health; the service stays ready, since the last good configuration goes on.
"""

import asyncio
from collections.abc import Callable

from errata.config.loading import ConfigError, ConfigFolder
from errata.config.model import Config
from errata.runtime import logging, metrics
from errata.runtime.health import Health

log = logging.get(__name__)


class ConfigFollower:
    """Tells a service of each new configuration that can be used."""

    def __init__(self, folder: ConfigFolder, health: Health, take: Callable[[Config], object] | None = None) -> None:
        """Begin with what the folder holds, which the service has used already.

        Args:
            folder: what to look at.
            health: where a broken configuration is told.
            take: is given each new one; raises `ConfigError` when it cannot be used after all, and keeps its last one.

        """
        self._folder = folder
        self._health = health
        self._take = take
        self._refused: ConfigError | None = None
        self._told: ConfigError | None = None

    async def follow(self, seconds: float) -> None:
        """Look again every so many seconds, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            self.look()

    def look(self) -> None:
        """Take up a change at once; costs one `stat` a file when there is none."""
        if self._folder.refresh():
            self._refused = None
            try:
                if self._take is not None:
                    self._take(self._folder.current)
                metrics.CONFIG_RELOADS.inc()
                log.info("configuration taken up", config_hash=self._folder.current.hash)
            except ConfigError as error:
                self._refused = error
        mistake = self._folder.broken or self._refused
        if mistake is not None and mistake is not self._told:
            log.warning("configuration is broken, the last good one stays", mistake=str(mistake))
        self._told = mistake
        metrics.CONFIG_BROKEN.set(mistake is not None)
        self._health.impaired("config", now=mistake is not None)
