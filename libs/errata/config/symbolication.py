"""Where a project's built files may come from besides its uploads."""

from typing import Annotated

import msgspec

Origin = Annotated[str, msgspec.Meta(pattern=r"^https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$")]
"""Scheme, host and port of a web address; `*.` before the host stands for its subdomains."""


class SymbolicationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part `symbolication` of a project."""

    fetch_origins: tuple[Origin, ...] = ()
    """From where built files that were not uploaded, and their maps, are fetched: `https://static.shop.example`,
    `https://*.shop.example`; from nowhere when there is none. Clients choose the paths, so name origins of static files
    only. Hosts within a private network are refused."""
