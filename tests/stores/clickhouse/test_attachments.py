"""Attachments land byte for byte, each is shown once, and a person saves them."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.errata_writer.builders import item
from tests.stores.clickhouse.filling import land

from errata.contracts.pack import Item, ItemFormat, encode_pack
from errata.contracts.times import now, to_datetime
from errata.stores.clickhouse.attachments import attachments_of, content_of
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.landing import Partition, Tenure
from errata.stores.clickhouse.ledger import Stretch, read_before, whole_items

pytestmark = pytest.mark.stack

ID = "9ec79c33ec9942ab8353589fcb2e04dc"
EVERY_BYTE = bytes(range(256)) * 4_000
STARTED = now()


def attachment(name: str, content: bytes, event_id: str = ID) -> Item:
    payload = b'{"filename": "%s", "content_type": "x/y"}\n' % name.encode() + content
    return item(ItemFormat.SENTRY_ATTACHMENT, payload, event_id=event_id, received_at=STARTED)


async def test_attachments_come_back_byte_for_byte_and_copies_of_one_are_one(clickhouse: ClickHouse) -> None:
    session = item(ItemFormat.SENTRY_SESSION, b'{"sid": "a"}', received_at=STARTED)
    first = encode_pack((session, attachment("a.bin", EVERY_BYTE), attachment("empty", b"")))
    again = encode_pack(
        (attachment("a.bin", EVERY_BYTE), attachment("a.bin", b"other"), attachment("a.bin", b"", "b" * 32))
    )
    await land(clickhouse, "ingest-sessions", [first, again])
    found = await attachments_of(clickhouse, ID)
    assert {(one.name, await content_of(clickhouse, one)) for one in found} == {
        ("a.bin", EVERY_BYTE),
        ("a.bin", b"other"),
        ("empty", b""),
    }
    assert len(found) == 3
    assert await whole_items(clickhouse, Stretch("ingest-sessions", 1, 0, 0, 9)) == {0: (3, 3), 1: (3, 3)}
    partition = Partition("ingest-sessions", 0)
    here = await (await Tenure.begin(clickhouse, [partition])).present(1, {partition: 0})
    assert len(here[partition]) == 6  # a writer that takes over lands none of them again
    assert await read_before(clickhouse, "ingest-sessions", 1, {0: 2}) == [(0, 0, 2)]


async def test_attachments_are_kept_for_the_days_they_came_with(clickhouse: ClickHouse) -> None:
    await land(clickhouse, "ingest-sessions", [encode_pack((attachment("a", b"1"),))])
    ((ends,),) = await clickhouse.rows(
        "SELECT delete_ttl_info_max FROM system.parts"
        " WHERE active AND table = 'attachments' AND database = currentDatabase()"
    )
    assert abs(ends - to_datetime(STARTED).replace(microsecond=0) - timedelta(days=30)) < timedelta(seconds=2)


async def test_a_person_lists_and_saves_them(clickhouse: ClickHouse, clickhouse_database: str, tmp_path: Path) -> None:
    await land(
        clickhouse, "ingest-sessions", [encode_pack((attachment("../a.bin", EVERY_BYTE), attachment("b", b"2")))]
    )

    def errata(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "errata_cli", "attachments", *arguments]
        environment = os.environ | {"ERRATA_CLICKHOUSE": clickhouse_database}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    dashed = f"{ID[:8]}-{ID[8:12]}-{ID[12:16]}-{ID[16:20]}-{ID[20:]}"
    assert "2 attachments" in errata("list", dashed).stdout
    saved = errata("save", dashed, "../a.bin", "--to", str(tmp_path / "in"))
    assert (saved.returncode, saved.stdout) == (0, f"{tmp_path / 'in' / 'a.bin'}\n")
    assert (tmp_path / "in" / "a.bin").read_bytes() == EVERY_BYTE
    assert len(errata("save", ID, "--to", str(tmp_path / "in")).stdout.splitlines()) == 2
    assert errata("list", "f" * 32).returncode == 1
    assert errata("save", ID, "c", "--to", str(tmp_path / "none")).returncode == 1
    assert not (tmp_path / "none").exists()
    assert errata("save", ID, "--to", os.devnull).returncode == 2
