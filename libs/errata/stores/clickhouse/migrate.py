"""Numbered SQL files, applied in order, each once: `errata migrate`.

`migrations/NNNN_name.sql` holds statements that end with a semicolon at the end of a line and name no database. The
table `migrations` remembers what was applied, with a checksum: a file that was applied must not change, a new one comes
after it. ClickHouse has neither transactions nor locks for this, so every statement can be run again without harm.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from errata.stores.clickhouse.client import ClickHouse, Refused

# What applied migrations are remembered in, and the table whose existence means that somebody is at it.
_BOOK = """CREATE TABLE IF NOT EXISTS migrations
(number UInt32, name String, checksum String, applied_at DateTime('UTC') DEFAULT now())
ENGINE = MergeTree ORDER BY number"""
_LOCK = "CREATE TABLE migration_lock (nothing UInt8) ENGINE = Memory"
_TABLE_ALREADY_EXISTS = 57
# No migration so far takes longer; a lock of that age was left by a runner that died.
_STALE_LOCK_S = 60

_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_END_OF_STATEMENT = re.compile(r";[ \t]*$", re.MULTILINE)
_COMMENTS_ONLY = re.compile(r"(?:\s*(?:--[^\n]*)?(?:\n|\Z))*")


class MigrationError(Exception):
    """The files and what was applied do not fit together; the text says which."""


class Migration(NamedTuple):
    """One file."""

    number: int
    name: str
    statements: tuple[str, ...]
    checksum: str


class Status(NamedTuple):
    """A file, and when it was applied: empty when it was not."""

    migration: Migration
    applied_at: str


def migrations() -> list[Migration]:
    """Give every migration in order.

    Raises:
        MigrationError: a name has another form, or a number is missing or taken twice.

    """
    found = []
    for file in files("errata.stores.clickhouse").joinpath("migrations").iterdir():
        named = _FILE_NAME.fullmatch(file.name)
        if named is None:
            raise MigrationError(f"{file.name} is not named NNNN_name.sql")
        text = file.read_text(encoding="utf-8")
        checksum = sha256(text.encode()).hexdigest()[:16]
        found.append(Migration(int(named[1]), named[2], statements(text), checksum))
    found.sort()
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise MigrationError("migrations are not numbered 1, 2, 3 and so on")
    return found


def statements(text: str) -> tuple[str, ...]:
    """Give the statements of a file; comments between them are left out."""
    parts = (part.strip() for part in _END_OF_STATEMENT.split(text))
    return tuple(part for part in parts if not _COMMENTS_ONLY.fullmatch(part))


async def status(clickhouse: ClickHouse) -> list[Status]:
    """Give every migration with when it was applied.

    Raises:
        MigrationError: an applied file was changed, or the database knows migrations that this version does not.

    """
    applied: dict[int, tuple[str, str]] = {}
    if await clickhouse.rows("SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'"):
        book = await clickhouse.rows(
            "SELECT number, any(checksum), toString(min(applied_at)) FROM migrations GROUP BY 1"
        )
        applied = {number: (checksum, when) for number, checksum, when in book}
    known = migrations()
    if newer := sorted(applied.keys() - {migration.number for migration in known}):
        raise MigrationError(f"the database was migrated to {newer[-1]} by a newer version")
    for migration in known:
        if migration.number in applied and applied[migration.number][0] != migration.checksum:
            raise MigrationError(f"{migration.number:04}_{migration.name}.sql was changed after it was applied")
    return [Status(migration, applied.get(migration.number, ("", ""))[1]) for migration in known]


async def create_database(url: str) -> None:
    """Make the database that an address names, if it is not there; raises `Away` or `Refused`."""
    async with await ClickHouse.connect(url, into_database=False) as clickhouse:
        await clickhouse.command(f"CREATE DATABASE IF NOT EXISTS `{clickhouse.database.replace('`', '')}`")


async def migrate(clickhouse: ClickHouse, tell: Callable[[Migration], None]) -> Sequence[Migration]:
    """Apply what is not yet applied, in order, and give it; `tell` hears of each before it runs."""
    async with _alone(clickhouse):
        pending = [entry.migration for entry in await status(clickhouse) if not entry.applied_at]
        if pending:
            await clickhouse.command(_BOOK)
        for migration in pending:
            tell(migration)
            for statement in migration.statements:
                await clickhouse.command(statement)
            await clickhouse.command(
                "INSERT INTO migrations (number, name, checksum)"
                " SELECT {number:UInt32}, {name:String}, {checksum:String}",
                {"number": migration.number, "name": migration.name, "checksum": migration.checksum},
            )
        return pending


@asynccontextmanager
async def _alone(clickhouse: ClickHouse) -> AsyncIterator[None]:
    """Hold the lock: creating a table fails for all but one."""
    while True:
        try:
            await clickhouse.command(_LOCK)
            break
        except Refused as refused:
            if refused.code != _TABLE_ALREADY_EXISTS:
                raise
        stale = await clickhouse.rows(
            "SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'migration_lock'"
            " AND metadata_modification_time < now() - {age:UInt32}",
            {"age": _STALE_LOCK_S},
        )
        if stale:
            await clickhouse.command("DROP TABLE IF EXISTS migration_lock")
        else:
            await asyncio.sleep(0.5)
    try:
        yield
    finally:
        await clickhouse.command("DROP TABLE IF EXISTS migration_lock SYNC")
