"""The uploads that the settings name."""

from pathlib import Path

from tests.services.errata_processor.builders import uploads_in


async def test_the_settings_name_store_and_cache(tmp_path: Path) -> None:
    known = uploads_in(tmp_path)()()
    await known.fetch([])
    assert len(known) == 0
    assert (tmp_path / "blobs").is_dir()
