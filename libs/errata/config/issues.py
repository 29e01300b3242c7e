"""What becomes of a project's issues by time alone."""

from typing import Annotated

import msgspec


class IssueSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part `issues` of a project."""

    auto_resolve_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 0
    """An open issue that nobody has seen or touched for so many days is resolved; 0 leaves it open for ever."""
