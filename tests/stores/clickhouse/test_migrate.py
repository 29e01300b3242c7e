"""Migrations are applied in order, once, by one at a time."""

import asyncio

import pytest

from errata.stores.clickhouse import migrate as runner
from errata.stores.clickhouse.client import Away, ClickHouse, Refused
from errata.stores.clickhouse.migrate import MigrationError, create_database, migrate, migrations, statements, status


def test_statements_end_with_a_semicolon_at_the_end_of_a_line() -> None:
    text = (
        "-- about\nCREATE TABLE a (x String DEFAULT ';' COMMENT 'a;b')\nENGINE = Memory;\n-- then\nSELECT 1;\n-- end\n"
    )
    assert statements(text) == ("-- about\nCREATE TABLE a (x String DEFAULT ';' COMMENT 'a;b')\nENGINE = Memory", "-- then\nSELECT 1")  # fmt: skip


def test_files_are_numbered_without_gaps_and_name_no_database() -> None:
    found = migrations()
    assert [migration.number for migration in found] == list(range(1, len(found) + 1))
    assert not any("errata." in statement for migration in found for statement in migration.statements)


@pytest.mark.stack
async def test_a_second_run_has_nothing_to_do(clickhouse: ClickHouse) -> None:
    assert await migrate(clickhouse, lambda _migration: None) == []
    assert all(entry.applied_at for entry in await status(clickhouse))


@pytest.mark.stack
async def test_several_runners_at_once_apply_each_file_once(clickhouse_database: str) -> None:
    clients = [await ClickHouse.connect(clickhouse_database) for _ in range(3)]
    applied = await asyncio.gather(*(migrate(client, lambda _migration: None) for client in clients))
    assert sorted(len(one) for one in applied) == [0, 0, len(migrations())]
    assert await clients[0].rows("SELECT max(times) FROM (SELECT count() AS times FROM migrations GROUP BY number)") == [(1,)]  # fmt: skip
    for client in clients:
        await client.close()


@pytest.mark.stack
async def test_a_runner_that_died_half_way_is_no_hindrance(clickhouse: ClickHouse, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    await clickhouse.command("TRUNCATE TABLE migrations")
    await clickhouse.command("CREATE TABLE migration_lock (nothing UInt8) ENGINE = Memory")
    monkeypatch.setattr(runner, "_STALE_LOCK_S", 1)
    assert len(await migrate(clickhouse, lambda _migration: None)) == len(migrations())


@pytest.mark.stack
async def test_a_changed_file_is_told(clickhouse: ClickHouse) -> None:
    await clickhouse.command(
        "ALTER TABLE migrations UPDATE checksum = 'other' WHERE number = 1 SETTINGS mutations_sync = 1"
    )
    with pytest.raises(MigrationError, match=r"0001_tables.sql was changed"):
        await migrate(clickhouse, lambda _migration: None)


@pytest.mark.stack
async def test_a_database_of_a_newer_version_is_left_alone(clickhouse: ClickHouse) -> None:
    await clickhouse.command("INSERT INTO migrations (number, name, checksum) VALUES (9999, 'later', 'x')")
    with pytest.raises(MigrationError, match="newer version"):
        await migrate(clickhouse, lambda _migration: None)


@pytest.mark.stack
async def test_the_database_is_made_when_missing(clickhouse_database: str) -> None:
    address = clickhouse_database + "_made"
    with pytest.raises(Refused) as refused:
        await ClickHouse.connect(address)
    assert refused.value.name == "UNKNOWN_DATABASE"
    await create_database(address)
    client = await ClickHouse.connect(address)
    await client.command(f"DROP DATABASE {client.database}")
    await client.close()


async def test_nobody_there_is_away() -> None:
    with pytest.raises(Away):
        await ClickHouse.connect("http://127.0.0.1:9/errata")


@pytest.mark.parametrize("address", ["127.0.0.1:8123", "clickhouse://127.0.0.1", "http:///errata", "http://h/a/b"])
async def test_an_address_of_another_form_names_its_variable(address: str) -> None:
    with pytest.raises(ValueError, match="ERRATA_CLICKHOUSE"):
        await ClickHouse.connect(address)
