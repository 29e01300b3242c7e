"""The alert rules in force: compiled from the configuration folder, taken up anew when it changes."""

from errata.alerts.rule_set import RuleSet
from errata.alerts.rules import compile_rules
from errata.config.loading import ConfigError, ConfigFolder
from errata.config.model import Config
from errata.runtime import logging, metrics

log = logging.get(__name__)

_NO_RULES = RuleSet(())


class RuleBook:
    """Rules by project. A change that can not be used leaves the last good rules in force, and says so."""

    def __init__(self, folder: ConfigFolder) -> None:
        """Compile the rules; raises `ConfigError` when even the first ones can not be used."""
        self._folder = folder
        self._refused: ConfigError | None = None
        self._told: ConfigError | None = None
        self._take(folder.current)

    def refresh(self) -> None:
        """Look at the folder again."""
        if self._folder.refresh():
            self._refused = None
            try:
                self._take(self._folder.current)
                metrics.CONFIG_RELOADS.inc()
                log.info("configuration taken up", config_hash=self.hash)
            except ConfigError as error:
                self._refused = error
        mistake = self._folder.broken or self._refused
        if mistake is not None and mistake is not self._told:
            log.warning("configuration is broken, the last good one stays in force", mistake=str(mistake))
        self._told = mistake
        metrics.CONFIG_BROKEN.set(mistake is not None)

    def rules(self, project: int) -> RuleSet:
        """Give a project's rules; none for a project that is no more."""
        return self._rules.get(project, _NO_RULES)

    def slug(self, project: int) -> str:
        """Give the word that a project's issues are called after."""
        known = self._projects.get(project)
        return (known.slug if known else f"project{project}").upper()

    def _take(self, config: Config) -> None:
        rules = {}
        for project, raw in config.alert_rules.items():
            slug = config.projects[project].slug
            try:
                rules[project] = RuleSet(compile_rules(raw, slug))
            except ValueError as error:
                raise ConfigError(f"alerts/{slug}.json: {error}") from None
        self._rules = rules
        self._projects = config.projects
        self.hash = config.hash
