"""Every version of the grouping algorithm, kept for ever: a project stays on the one it pinned until it changes it.

A version's results never change. Golden files hold them; a change that moves an event to another group is a new
version beside the old one.
"""

from collections.abc import Callable
from typing import Any

from errata.stages.fingerprint import v1
from errata.stages.fingerprint.components import Grouped
from errata.stages.fingerprint.frames import FrameReader
from errata.stages.fingerprint.stack_rules import FrameRules

Algorithm = Callable[[dict[str, Any], FrameReader, FrameRules], Grouped]

VERSIONS: dict[str, Algorithm] = {"v1": v1.group}
