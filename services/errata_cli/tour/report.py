"""What the tour shows at its end: issues, alerts, a value before and after scrubbing, the checks."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from errata.contracts.messages import Alert
from errata.contracts.times import to_datetime
from errata_cli.tour.answers import Issue
from errata_cli.tour.story import Check


def show_issues(console: Console, issues: Sequence[Issue]) -> None:
    """Show the issues as ClickHouse has them."""
    table = _table("Issues (ClickHouse: SELECT * FROM issue_list)", "issue", "status", "title", "errors", "users")
    for issue in issues:
        table.add_row(issue.short_id, issue.status, escape(issue.title), str(issue.errors), str(issue.users))
    console.print(table)


def show_alerts(console: Console, topic: str, alerts: Sequence[Alert]) -> None:
    """Show the alerts as a program reads them."""
    table = _table(f"Alerts (Kafka topic {topic})", "fired at", "rule", "issue", "why")
    for alert in alerts:
        why = escape(alert.explanation)
        table.add_row(f"{to_datetime(alert.fired_at):%H:%M:%S}", escape(alert.rule_name), alert.short_id, why)
    console.print(table)


def show_scrubbing(console: Console, sent: Any, stored: Any) -> None:
    """Show the same three values as the client sent them and as they are stored."""
    table = _table("Personal data", "value", "as sent", "as stored")
    for name, path in _VALUES:
        table.add_row(name, escape(str(_at(sent, path))), escape(str(_at(stored, path))))
    console.print(table)


def show_checks(console: Console, checks: Sequence[Check]) -> None:
    """Show what was promised and whether it holds."""
    for check in checks:
        console.print(f"[green]yes[/] {check.promise}" if check.holds else f"[bold red]NO[/]  {check.promise}")


_RAISED = ("exception", "values", -1)
_VALUES: tuple[tuple[str, tuple[str | int, ...]], ...] = (
    ("message", (*_RAISED, "value")),
    ("local variable", (*_RAISED, "stacktrace", "frames", -1, "vars", "order", "password")),
    ("context", ("contexts", "order", "payment", "card_number")),
)


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return "(not there)"
    return value


def _table(title: str, *headings: str) -> Table:
    return Table(*headings, title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False)
