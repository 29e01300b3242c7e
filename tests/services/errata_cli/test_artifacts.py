import asyncio
import json

import pytest
from tests.stages.symbolicate.builds import minified, upload
from tests.stores.blobs.uploading import Shelf

from errata_cli.commands import artifacts


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("ERRATA_BLOBS", str(tmp_path / "blobs"))
    return Shelf(tmp_path)


def test_an_artifact_is_listed_inspected_and_deleted(shelf, capfdbinary):
    text, content, _ = minified("t", "q")
    asyncio.run(upload(shelf, text, content, release="shop@1"))
    artifacts.show_all(release="shop@1")
    listed = capfdbinary.readouterr().out.decode()
    assert "1 artifacts" in listed
    name = listed.splitlines()[1].split()[0]
    assert artifacts.inspect(name) == 0
    assert json.loads(capfdbinary.readouterr().out)["release"] == "shop@1"
    assert artifacts.delete(name) == 0
    assert (artifacts.delete(name), artifacts.inspect(name)) == (1, 1)
