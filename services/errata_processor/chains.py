"""The chains of stages of one configuration: each project's, built when its first item comes."""

from collections.abc import Callable

from errata.config.model import Config, Project
from errata.stages import pipeline
from errata.stages.pipeline import Chain

BuildChain = Callable[[Project], Chain]


class Chains:
    """Each project's chain under one configuration."""

    def __init__(self, config: Config, build: BuildChain = pipeline.build) -> None:
        self.config = config
        self._build = build
        self._built: dict[int, Chain] = {}

    def __reduce__(self) -> tuple[type["Chains"], tuple[Config, BuildChain]]:
        """Travel to another process as what to build from: chains hold compiled patterns."""
        return Chains, (self.config, self._build)

    def of(self, project: int) -> Chain | None:
        """Give the chain of a project, None when there is no such project."""
        chain = self._built.get(project)
        if chain is None and project in self.config.projects:
            chain = self._built[project] = self._build(self.config.projects[project])
        return chain
