"""`errata migrate`: bring ClickHouse's tables to this version."""

from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse import migrate as runner
from errata.stores.clickhouse.client import ClickHouse
from errata_cli.commands.run import run


def migrate(
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    list_: Annotated[bool, Parameter(name="--list", negative="")] = False,
) -> None:
    """Create ClickHouse's database and tables, or bring them to this version; ends with 2 when that is not possible.

    It can be run at any time, also by several at once: each migration is applied once. `errata up` does it by itself.

    Example: `errata migrate --dry-run`

    Parameters
    ----------
    dry_run
        Print the statements that would run, and run none.
    list_
        Show each migration and when it was applied, and apply none.

    """
    run(_migrate(load(CommonSettings).clickhouse, dry_run=dry_run, only_list=list_))


async def _migrate(url: str, *, dry_run: bool, only_list: bool) -> None:
    if not dry_run and not only_list:
        await runner.create_database(url)
    async with await ClickHouse.connect(url) as clickhouse:
        if only_list:
            await _list(clickhouse)
        elif dry_run:
            await _show_pending(clickhouse)
        else:
            await _apply(clickhouse)


async def _list(clickhouse: ClickHouse) -> None:
    table = Table("migration", "applied at (UTC)")
    for migration, applied_at in await runner.status(clickhouse):
        table.add_row(f"{migration.number:04} {migration.name}", applied_at or "not yet")
    Console(highlight=False).print(table)


async def _show_pending(clickhouse: ClickHouse) -> None:
    for migration, applied_at in await runner.status(clickhouse):
        if not applied_at:
            for statement in migration.statements:
                print(statement + ";\n")


async def _apply(clickhouse: ClickHouse) -> None:
    applied = await runner.migrate(clickhouse, lambda migration: print(f"{migration.number:04} {migration.name}"))
    print(f"applied {len(applied)}" if applied else "nothing to do: the tables are of this version")
