"""The model of a configuration: projects with their keys and the settings of each stage."""

from typing import Any

import msgspec

from errata.config.attachments import AttachmentSettings
from errata.config.filters import FilterSettings
from errata.config.grouping import GroupingSettings
from errata.config.issues import IssueSettings
from errata.config.limits import LimitSettings, Quota, RateLimit
from errata.config.organization import Organization
from errata.config.scrub import ScrubSettings
from errata.config.symbolication import SymbolicationSettings
from errata.config.tee import TeeSettings


class ClientKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key that clients carry in their DSN."""

    id: str
    """A short name of your own; what logs, metrics and events show instead of the key."""
    public: str
    """The key itself: 32 hex digits for Sentry clients, any text for others."""
    disabled: bool = False
    rates: tuple[RateLimit, ...] = ()
    quotas: tuple[Quota, ...] = ()
    """Both beside those of the project."""


class Project(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `projects/*.yaml`: the unit of configuration."""

    id: int
    """The number in the DSN's path."""
    slug: str
    """A short word; issues are called `SLUG-12` after it."""
    keys: tuple[ClientKey, ...]
    name: str = ""
    filters: FilterSettings = FilterSettings()
    scrub: ScrubSettings = ScrubSettings()
    symbolication: SymbolicationSettings = SymbolicationSettings()
    grouping: GroupingSettings = GroupingSettings()
    issues: IssueSettings = IssueSettings()
    limits: LimitSettings = LimitSettings()
    tee: TeeSettings | None = None
    attachments: AttachmentSettings = AttachmentSettings()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """A whole configuration, valid as a whole."""

    projects: dict[int, Project]
    keys: dict[str, tuple[Project, ClientKey]]
    """By the public key."""
    alert_rules: dict[int, tuple[dict[str, Any], ...]]
    """By project id: rules in Sentry's JSON form, as in `alerts/<slug>.json`."""
    organization: Organization = Organization()
    hash: str
    """16 hex digits over the files of projects and rules; stamped on each event and alert."""
