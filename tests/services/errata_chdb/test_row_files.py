"""Rows wait in files that nobody else can read and that are gone afterwards, however it ends."""

from pathlib import Path

import pytest

from errata_chdb import row_files
from errata_chdb.row_files import RowFiles


@pytest.fixture(params=["in memory", "on disk"])
def files(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RowFiles:
    memory = tmp_path / "memory"
    if request.param == "in memory":
        memory.mkdir()
    monkeypatch.setattr(row_files, "_SHARED_MEMORY", memory)
    (tmp_path / "data").mkdir()
    return RowFiles(tmp_path / "data")


def test_rows_are_there_while_needed(files: RowFiles) -> None:
    with files.holding(memoryview(b"rows")) as path:
        assert Path(path).read_bytes() == b"rows"
        assert Path(path).stat().st_mode & 0o077 == 0
    assert not Path(path).exists()


def test_what_a_killed_process_left_is_removed(files: RowFiles, tmp_path: Path) -> None:
    with files.holding(memoryview(b"rows")) as path:
        left = Path(path).with_name("left")
        left.write_bytes(b"by a killed process")
    files.clear()
    assert not [found for found in tmp_path.rglob("*") if found.is_file()]
