"""Levels: what loggers and vendors of all kinds call them, and Sentry's five."""

from collections.abc import Mapping
from types import MappingProxyType

LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "debug": "debug",
        "trace": "debug",
        "verbose": "debug",
        "info": "info",
        "log": "info",
        "notice": "info",
        "information": "info",
        "warning": "warning",
        "warn": "warning",
        "error": "error",
        "err": "error",
        "fatal": "fatal",
        "critical": "fatal",
        "alert": "fatal",
        "emergency": "fatal",
    }
)


def level_of(text: str) -> str:
    """Give Sentry's level of a word in any case; empty for a word that is none."""
    return LEVELS.get(text) or LEVELS.get(text.strip().lower(), "")
