"""Issues resolved in the next release: which release that counts from."""

import msgspec
import pytest
from tests.services.errata_console.running import PROJECT, RunningConsole

from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.releases import Releases
from errata_console.latest_release import latest_release

pytestmark = pytest.mark.stack


async def named_by_events(clickhouse, project, *versions):
    rows = [
        {"project": project, "event_id": f"{project:016x}{number:016x}", "received_at": 1_790_000_000 + number, "release": version, "payload": "{}"}
        for number, version in enumerate(versions)
    ]  # fmt: skip
    await clickhouse.insert(
        "INSERT INTO events (project, event_id, received_at, release, payload) FORMAT JSONEachRow",
        map(msgspec.json.encode, rows), query_id=f"named {project}", settings={},
    )  # fmt: skip


async def test_the_latest_release_is_the_one_that_builds_made_known_else_one_that_events_named_twice(
    console: RunningConsole, database: str
) -> None:
    async with await ClickHouse.connect(database) as clickhouse:
        releases = Releases(clickhouse)
        await named_by_events(clickhouse, 7, "api@1.9.0", "api@1.9.0", "api@1.10.0", "api@1.10.0", "api@999.0.0")
        assert await latest_release(releases, 7) == "api@1.10.0"
        for version in ("api@2.10.0", "api@2.9.0"):
            console.http.post(console.org("releases/"), json={"version": version, "projects": ["api"]})
        assert await latest_release(releases, 7) == "api@2.10.0"
        assert await latest_release(releases, PROJECT + 1) == ""


def test_the_next_release_of_a_project_without_one_is_refused_in_words(console: RunningConsole) -> None:
    path = console.project("issues/") + "?id=1"
    answer = console.http.put(path, json={"status": "resolvedInNextRelease"})
    assert (answer.status_code, "No release" in answer.json()["detail"]) == (400, True)
    answer = console.http.put(path, json={"status": "resolved", "statusDetails": {"inNextRelease": True}})
    assert answer.status_code == 400
    console.http.post(console.org("releases/"), json={"version": "web@1", "projects": ["web"]})
    assert console.http.put(path, json={"status": "resolvedInNextRelease"}).status_code == 204
