"""The states of an issue and what leads from one to another, as a table."""

from errata.contracts.messages import CommandAction, IssueStatus, TransitionKind

_UNRESOLVED, _RESOLVED, _ARCHIVED = IssueStatus.UNRESOLVED, IssueStatus.RESOLVED, IssueStatus.ARCHIVED

TRANSITIONS: dict[tuple[IssueStatus | None, TransitionKind], IssueStatus] = {
    (None, TransitionKind.CREATED): _UNRESOLVED,
    (_RESOLVED, TransitionKind.REGRESSED): _UNRESOLVED,
    (_UNRESOLVED, TransitionKind.RESOLVED): _RESOLVED,
    (_ARCHIVED, TransitionKind.RESOLVED): _RESOLVED,
    (_RESOLVED, TransitionKind.RESOLVED): _RESOLVED,  # in another release than was said before
    (_UNRESOLVED, TransitionKind.ARCHIVED): _ARCHIVED,
    (_RESOLVED, TransitionKind.ARCHIVED): _ARCHIVED,
    (_ARCHIVED, TransitionKind.ARCHIVED): _ARCHIVED,  # for another time than was said before
    (_RESOLVED, TransitionKind.REOPENED): _UNRESOLVED,
    (_ARCHIVED, TransitionKind.REOPENED): _UNRESOLVED,
}
"""Whatever is not here changes nothing: an archived issue counts on in silence and never regresses."""

ACTIONS: dict[CommandAction, TransitionKind] = {
    CommandAction.RESOLVE: TransitionKind.RESOLVED,
    CommandAction.ARCHIVE: TransitionKind.ARCHIVED,
    CommandAction.REOPEN: TransitionKind.REOPENED,
}


def status_after(status: IssueStatus | None, kind: TransitionKind) -> IssueStatus | None:
    """Give the status that a change leads to; None when it changes nothing in this status."""
    return TRANSITIONS.get((status, kind))
