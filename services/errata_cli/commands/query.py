"""`errata query SQL`: a read-only question to ClickHouse, answered as a table."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse.client import Away, ClickHouse, Refused

# 2: nothing may be changed but settings; limits of a question that was not meant so.
_SETTINGS = {"readonly": 2, "max_execution_time": 60, "max_result_rows": 10_000, "result_overflow_mode": "break"}


def query(sql: str, *, tsv: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Ask ClickHouse in SQL: `errata query "SELECT * FROM issue_list ORDER BY last_seen DESC LIMIT 10"`.

    Args:
        sql: One SELECT, SHOW, DESCRIBE or EXPLAIN.
        tsv: Print plain tab-separated text, for other programs.

    """
    settings = load(CommonSettings)
    try:
        names, rows = asyncio.run(_ask(settings.clickhouse, sql))
    except ValueError as error:
        raise SystemExit(f"errata query: {error}") from None
    except Away:
        raise SystemExit("errata query: ClickHouse does not answer; ERRATA_CLICKHOUSE names its address") from None
    except Refused as error:
        raise SystemExit(f"errata query: {error.details}") from None
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
    clickhouse = await ClickHouse.connect(url)
    try:
        return await clickhouse.table(sql, settings=_SETTINGS)
    finally:
        await clickhouse.close()


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
