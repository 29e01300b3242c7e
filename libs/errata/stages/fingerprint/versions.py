"""Every version of the grouping algorithm, kept for ever: a project stays on the one it pinned until it changes it.

A version's results never change, and its default stack-trace rules are a part of it. Golden files hold the results; a
change that moves an event to another group is a new version beside the old one.
"""

from collections.abc import Callable
from importlib.resources import files
from typing import Any, NamedTuple

from errata.config.stack_rules import StackRule, parse_stack_rules
from errata.stages.fingerprint import v1
from errata.stages.fingerprint.components import Grouped
from errata.stages.fingerprint.frames import FrameReader
from errata.stages.fingerprint.stack_rules import FrameRules


class Version(NamedTuple):
    """One way to group."""

    group: Callable[[dict[str, Any], FrameReader, FrameRules], Grouped]
    stack_rules: str
    """The file in this package with the rules that every project starts with."""

    def default_stack_rules(self) -> tuple[StackRule, ...]:
        """Give the rules that every project starts with."""
        return parse_stack_rules((files("errata.stages.fingerprint") / self.stack_rules).read_text("utf-8"))


VERSIONS = {"v1": Version(v1.group, "v1_stack_rules.txt")}
