"""What a configuration says of issues: alert rules, compiled; names; when issues are resolved by themselves."""

from collections.abc import Mapping

from errata.alerts.rule_set import RuleSet
from errata.alerts.rules import compile_rules
from errata.config.loading import ConfigError
from errata.config.model import Config

_NO_RULES = RuleSet(())


class RuleBook:
    """Rules by project. A configuration that cannot be used leaves the last good rules in force."""

    def __init__(self, config: Config) -> None:
        """Compile the first rules; raises as `take` does."""
        self.take(config)

    def take(self, config: Config) -> None:
        """Compile the rules of a configuration; raises `ConfigError` when they cannot be used, and keeps the last."""
        rules = {}
        for project, raw in config.alert_rules.items():
            slug = config.projects[project].slug
            try:
                rules[project] = RuleSet(compile_rules(raw, slug))
            except ValueError as error:
                raise ConfigError(f"alerts/{slug}.json: {error}") from None
        self._rules = rules
        self._projects = config.projects
        self.auto_resolve_days: Mapping[int, int] = {
            number: project.issues.auto_resolve_days
            for number, project in config.projects.items()
            if project.issues.auto_resolve_days
        }
        """By project, those only that resolve issues by time."""
        self.hash = config.hash

    def rules(self, project: int) -> RuleSet:
        """Give a project's rules; none for a project that is no more."""
        return self._rules.get(project, _NO_RULES)

    def slug(self, project: int) -> str:
        """Give the word that a project's issues are called after."""
        known = self._projects.get(project)
        return (known.slug if known else f"project{project}").upper()
