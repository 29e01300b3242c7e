"""`errata migrate`: bring ClickHouse's tables to this version."""

import asyncio
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse import migrate as runner
from errata.stores.clickhouse.client import Away, ClickHouse, Refused


def migrate(
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    list_: Annotated[bool, Parameter(name="--list", negative="")] = False,
) -> None:
    """Create ClickHouse's database and tables, or bring them to this version.

    Args:
        dry_run: Print the statements that would run, and run none.
        list_: Show each migration and when it was applied.

    """
    settings = load(CommonSettings)
    try:
        asyncio.run(_migrate(settings.clickhouse, dry_run=dry_run, only_list=list_))
    except (runner.MigrationError, ValueError) as error:
        raise SystemExit(f"errata migrate: {error}") from None
    except Away:
        raise SystemExit("errata migrate: ClickHouse does not answer; ERRATA_CLICKHOUSE names its address") from None
    except Refused as error:
        raise SystemExit(f"errata migrate: {error.details}") from None


async def _migrate(url: str, *, dry_run: bool, only_list: bool) -> None:
    console = Console(highlight=False)
    if not dry_run and not only_list:
        await runner.create_database(url)
    clickhouse = await ClickHouse.connect(url)
    try:
        if only_list:
            table = Table("migration", "applied at (UTC)")
            for migration, applied_at in await runner.status(clickhouse):
                table.add_row(f"{migration.number:04} {migration.name}", applied_at or "not yet")
            console.print(table)
        elif dry_run:
            for migration, applied_at in await runner.status(clickhouse):
                if not applied_at:
                    for statement in migration.statements:
                        print(statement + ";\n")
        else:
            applied = await runner.migrate(clickhouse, lambda one: console.print(f"{one.number:04} {one.name}"))
            console.print(f"applied {len(applied)}" if applied else "nothing to do: the tables are of this version")
    finally:
        await clickhouse.close()
