"""The chains of the configuration in use; a batch works by those it began with, to its end."""

from errata.config.model import Config
from errata_processor.batch import BuildChain, Chains


class Configuration:
    """Holds the chains of now."""

    def __init__(self, config: Config, build: BuildChain) -> None:
        """Begin with one configuration, and a way to make a project's chain."""
        self._build = build
        self.take(config)

    def take(self, config: Config) -> None:
        """Use another configuration from the next batch on."""
        self.chains = Chains(config, self._build)
