"""Settings of the fingerprint stage: how a project's events are grouped."""

import msgspec

from errata.config.fingerprint_rules import FingerprintRule, WrittenRule, parse_fingerprint_rules
from errata.config.stack_rules import StackRule, parse_stack_rules


class GroupingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How events become issues."""

    version: str = "v1"
    """Of the algorithm; a newer one regroups, so it is pinned here until you change it."""
    fingerprint_rules: str | tuple[WrittenRule, ...] = ""
    """One rule a line, see `errata.config.fingerprint_rules`; or the structured form of Sentry's API."""
    stack_rules: str = ""
    """One rule a line, see `errata.config.stack_rules`; applied after the default ones."""
    default_stack_rules: bool = True
    """Whether frames of well-known libraries, runtimes and browser extensions are told apart by Errata's own rules."""

    def __post_init__(self) -> None:
        """Refuse a rule that cannot be read; the text names setting and line."""
        for name, read in (("fingerprint_rules", self.read_fingerprint_rules), ("stack_rules", self.read_stack_rules)):
            try:
                read()
            except ValueError as error:
                raise ValueError(f"{name}, {error}") from None

    def read_fingerprint_rules(self) -> tuple[FingerprintRule, ...]:
        """Give the fingerprint rules in their order."""
        if isinstance(self.fingerprint_rules, str):
            return parse_fingerprint_rules(self.fingerprint_rules)
        return tuple(rule.read(number) for number, rule in enumerate(self.fingerprint_rules, 1))

    def read_stack_rules(self) -> tuple[StackRule, ...]:
        """Give the project's own stack-trace rules in their order."""
        return parse_stack_rules(self.stack_rules)
