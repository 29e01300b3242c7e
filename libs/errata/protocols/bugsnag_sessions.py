"""Bugsnag's sessions, said in Sentry's words at once: the same facts, so nothing behind the relay needs to know.

Bugsnag tells that sessions began, and never how one ended: a sum counts as `exited`, a single one stays `ok`. Crashes
come as events.
"""

from typing import Any

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import ItemFormat
from errata.protocols import foreign
from errata.protocols.admitted import Admitted, AdmittedItem, Headers
from errata.protocols.bugsnag import sent_at_of
from errata.protocols.foreign import Tree

MAX_SESSIONS = 100
"""Single ones in a body: Sentry's limit of an envelope. Browsers send one."""


def admit(body: bytes, headers: Headers, _query: str) -> Admitted:
    """Give the sessions of a `POST /sessions`: one item for all sums, one for each single session of a browser.

    Raises:
        Invalid: the body is no JSON object, has no session, or more than a client has reason to send.

    """
    tree = odd_json.load_object(body)
    app = foreign.take_tree(tree, "app")
    user_agent = headers.get(b"user-agent", b"").decode("latin-1")
    attributes = foreign.without_empty(
        {"release": app.get("version"), "environment": app.get("releaseStage"), "user_agent": user_agent}
    )
    sums = [
        {"started": entry.get("startedAt"), "exited": entry.get("sessionsStarted")}
        for entry in foreign.trees_in(tree.get("sessionCounts"))
    ]
    single = foreign.trees_in(tree.get("sessions"))
    if not sums and not single:
        raise Invalid(Reason.NO_ITEMS)
    if len(single) > MAX_SESSIONS:
        raise Invalid(Reason.TOO_LARGE)
    items = [_item(ItemFormat.SENTRY_SESSION, _single(entry, attributes)) for entry in single]
    if sums:
        items.append(_item(ItemFormat.SENTRY_SESSIONS, {"attrs": attributes, "aggregates": sums}))
    return Admitted(tuple(items), sent_at=sent_at_of(headers), sdk=foreign.sdk_of(tree.get("notifier")))


def _single(entry: Tree, attributes: Tree) -> Tree:
    user: Any = entry.get("user")
    return {
        "sid": entry.get("id"),
        "started": entry.get("startedAt"),
        "status": "ok",
        "init": True,
        "did": user.get("id") if isinstance(user, dict) else None,
        "attrs": attributes,
    }


def _item(kind: ItemFormat, tree: Tree) -> AdmittedItem:
    return AdmittedItem(kind, odd_json.dumps(tree))
