"""What users say: `feedback` items, events whose type is `feedback`, and the older `user_report`.

A name, an e-mail address and a page are given on purpose, so that somebody may answer: they are kept as they are.
"""

from typing import Any

import msgspec

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols.ids import event_id

# In characters. Sentry's own limits: 4,096 of a message; longest e-mail address by RFC 5321.
_LONGEST_MESSAGE = 4_096
_LONGEST_EMAIL = 254
_LONGEST_URL = 2_048
_LONGEST_WORD = 200


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What one user said once; texts are empty where nothing was said."""

    event_id: str = ""
    """32 hex digits: its own."""
    associated_event_id: str = ""
    """32 hex digits: of the error it is about."""
    name: str = ""
    email: str = ""
    message: str
    url: str = ""
    """Of the page, without query and fragment, where secrets travel."""
    source: str
    """Where it was written, in the client's word, such as `widget`; `user_report` for the older item."""
    release: str = ""
    environment: str = ""


def feedback_of(item: Item) -> Feedback:
    """Give the feedback in an item.

    Raises:
        Invalid: the payload is no JSON object, or nothing was said.

    """
    tree = odd_json.load_object(item.payload)
    found = _report(tree) if item.meta.format is ItemFormat.SENTRY_USER_REPORT else _feedback(tree)
    if not found.message:
        raise Invalid(Reason.NO_ITEMS)
    return found


def _report(tree: dict[str, Any]) -> Feedback:
    return Feedback(
        associated_event_id=event_id(tree.get("event_id")),
        name=_text(tree.get("name"), _LONGEST_WORD),
        email=_text(tree.get("email"), _LONGEST_EMAIL),
        message=_text(tree.get("comments"), _LONGEST_MESSAGE),
        source="user_report",
    )


def _feedback(tree: dict[str, Any]) -> Feedback:
    said = _object(_object(tree, "contexts"), "feedback")
    return Feedback(
        event_id=event_id(tree.get("event_id")),
        associated_event_id=event_id(said.get("associated_event_id")),
        name=_text(said.get("name"), _LONGEST_WORD),
        email=_text(said.get("contact_email"), _LONGEST_EMAIL),
        message=_text(said.get("message"), _LONGEST_MESSAGE),
        url=_page(said.get("url") or _object(tree, "request").get("url")),
        source=_text(said.get("source"), _LONGEST_WORD) or "feedback",
        release=_text(tree.get("release"), _LONGEST_WORD),
        environment=_text(tree.get("environment"), _LONGEST_WORD),
    )


def _object(tree: dict[str, Any], key: str) -> dict[str, Any]:
    value = tree.get(key)
    return value if isinstance(value, dict) else {}


def _text(value: Any, longest: int) -> str:
    return value.strip()[:longest] if isinstance(value, str) else ""


def _page(value: Any) -> str:
    return _text(value, _LONGEST_URL).partition("#")[0].partition("?")[0]
