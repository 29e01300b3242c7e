"""Where the relay sends a copy of what it takes: the service that a team used before, to compare the two."""

from typing import Annotated

import msgspec


class TeeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part `tee` of a project. Requests go on as they came, but for whose they are."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#]+[^?#]*$")]
    """Without the path that clients add: `https://o1.ingest.example`."""
    key: str
    """The key there; it replaces the project's own in headers, query and path."""
    project: str = ""
    """The project's number there, for formats that have one in their path."""
