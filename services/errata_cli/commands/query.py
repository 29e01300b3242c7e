"""`errata query SQL`: a read-only question to ClickHouse, answered as a table."""

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse.client import ClickHouse
from errata_cli.commands.run import run

# 2: nothing may be changed but settings; limits of a question that was not meant so.
_SETTINGS = {"readonly": 2, "max_execution_time": 60, "max_result_rows": 10_000, "result_overflow_mode": "break"}


def query(sql: str, *, tsv: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Ask ClickHouse in SQL, read-only; ends with 2 when there is no answer.

    A question is stopped after 60 seconds, its answer cut after 10,000 rows. What to ask: the views `issue_list`,
    `errors`, `alert_history` and those that `errata query "SHOW TABLES"` names.

    Example: `errata query "SELECT short_id, title, errors FROM issue_list ORDER BY last_seen DESC LIMIT 10"`

    Parameters
    ----------
    sql
        One SELECT, SHOW, DESCRIBE or EXPLAIN.
    tsv
        Print plain tab-separated text, for other programs, in place of a table.

    """
    names, rows = run(_ask(load(CommonSettings).clickhouse, sql))
    if tsv:
        for row in (names, *rows):
            print("\t".join(_shown(value).replace("\t", " ").replace("\n", " ") for value in row))
        return
    table = Table(*names)
    for row in rows:
        table.add_row(*map(_shown, row))
    console = Console(highlight=False, markup=False)
    console.print(table)


async def _ask(url: str, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    async with await ClickHouse.connect(url) as clickhouse:
        return await clickhouse.table(sql, settings=_SETTINGS)


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
