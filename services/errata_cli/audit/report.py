"""What the audit says, for people and as data."""

import msgspec

from errata.contracts import topics
from errata_cli.audit.issues import IssueVerdict
from errata_cli.audit.judge import Finding, Verdict
from errata_cli.audit.lost import Lost

_SHOWN = 20


class Report(msgspec.Struct, kw_only=True):
    """All that was found."""

    holds: bool
    ledgers: list[Verdict]
    lost: list[Lost]
    issues: IssueVerdict
    notes: list[str]

    def json(self) -> str:
        """Give it as JSON text."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()

    def text(self) -> str:
        """Give it as lines for people; the verdict is the last."""
        lines = []
        for verdict in self.ledgers:
            lines += _ledger(verdict)
        lines += [f"lost: {lost.describe()}" for lost in self.lost]
        lines.append(f"issues: {self.issues.describe()}")
        lines += [f"note: {note}" for note in self.notes]
        lines.append("audit: each item ended exactly once" if self.holds else "audit: it does NOT hold, see above")
        return "\n".join(lines)


def _ledger(verdict: Verdict) -> list[str]:
    stored = "events" if verdict.topic == topics.INGEST else "sessions, feedback and attachments"
    ended = [f"{verdict.stored:,} {stored}"]
    ended += [f"{count:,} {kind.replace('_', ' ')}" for kind, count in sorted(verdict.outcomes.items())]
    return [
        f"{verdict.topic}: {verdict.items:,} items in {verdict.packs:,} packs ended as {', '.join(ended)}",
        *_named("missing", verdict.missing),
        *_named("doubled", verdict.doubled),
        *_named("in no pack of the ledger", verdict.unknown),
        *([f"  and {verdict.unnamed:,} more packs with such items"] if verdict.unnamed else []),
    ]


def _named(what: str, findings: list[Finding]) -> list[str]:
    lines = [
        f"  {what}: {finding.origin}" + (f" ({', '.join(finding.ended)})" if finding.ended else "")
        for finding in findings[:_SHOWN]
    ]
    if len(findings) > _SHOWN:
        lines.append(f"  {what}: {len(findings) - _SHOWN:,} more; --json names them all")
    return lines
