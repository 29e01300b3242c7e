"""Feedback without secrets: people paste card numbers and tokens into what they write.

The writer reads no project files, so the rules are the default ones for secrets. Names, e-mail addresses and phone
numbers stay, in the message too: they are there so that somebody may answer.
"""

from typing import Any

from msgspec.structs import replace

from errata.config.model import Project
from errata.config.scrub import ScrubSettings
from errata.protocols.sentry.feedback import Feedback
from errata.stages.scrub import Scrub
from errata.stages.scrub.methods import FILTERED
from errata.stages.stage import Context

_scrub = Scrub(Project(id=0, slug="feedback", keys=(), scrub=ScrubSettings(scrub_personal=False)))
_CONTEXT = Context(event_id="", received_at=0)


def without_secrets(feedback: Feedback) -> Feedback:
    """Give the feedback with secrets replaced in message and page."""
    event: dict[str, Any] = {"logentry": {"formatted": feedback.message}, "request": {"url": feedback.url}}
    try:
        _scrub(event, _CONTEXT)
    except Exception:  # noqa: BLE001 - a bug of ours must neither stop all records behind this one nor leak it
        return replace(feedback, message=FILTERED, url="")
    return replace(feedback, message=event["logentry"]["formatted"], url=event["request"]["url"])
