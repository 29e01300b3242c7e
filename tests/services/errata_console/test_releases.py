"""Releases, commits and deploys: what one call writes the next one reads."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.services.errata_console.running import RunningConsole

pytestmark = pytest.mark.stack


@pytest.fixture
def version() -> str:
    return f"shop@{uuid.uuid4().hex[:8]}"


def test_a_new_release_answers_201_and_a_known_one_208_and_both_show_at_once(console: RunningConsole, version) -> None:
    wish = {"version": version, "projects": ["web"], "url": "https://example.com/r"}
    assert console.http.post(console.org("releases/"), json=wish).status_code == 201
    again = console.http.post(console.org("releases/"), json={"version": version, "projects": ["web"]})
    assert (again.status_code, again.json()["url"]) == (208, "https://example.com/r")
    listed = console.http.get(console.project("releases/")).json()
    assert version in [release["version"] for release in listed]
    assert console.http.get(console.org(f"releases/{version}")).json()["version"] == version


def test_an_archived_release_keeps_its_projects(console: RunningConsole, version) -> None:
    console.http.post(console.org("releases/"), json={"version": version, "projects": ["web", "api"]})
    archived = console.http.post(
        console.org("releases/"), json={"version": version, "projects": [], "status": "archived"}
    )
    assert archived.json()["status"] == "archived"
    assert [project["slug"] for project in archived.json()["projects"]] == ["web", "api"]
    opened = console.http.post(console.org("releases/"), json={"version": version, "projects": [], "status": "open"})
    assert opened.json()["status"] == "open"


def test_a_release_deleted_and_made_again_has_none_of_its_past(console: RunningConsole, version) -> None:
    path = console.org(f"releases/{version}/")
    console.http.post(console.org("releases/"), json={"version": version, "projects": ["web"]})
    console.http.put(path, json={"commits": [{"id": "a" * 40, "repository": "origin"}]})
    console.http.post(f"{path}deploys/", json={"environment": "production"})
    assert console.http.delete(path).status_code == 204
    assert console.http.get(path).status_code == 404
    assert console.http.delete(path).status_code == 404
    assert (
        console.http.post(console.org("releases/"), json={"version": version, "projects": ["web"]}).status_code == 201
    )
    assert console.http.get(f"{path}commits/").json() == []
    assert console.http.get(f"{path}deploys/").json() == []


def test_commits_are_replaced_as_a_whole_and_cleared_by_empty_refs(console: RunningConsole, version) -> None:
    path = console.org(f"releases/{version}/")
    console.http.post(console.org("releases/"), json={"version": version, "projects": ["web"]})
    commits = [
        {
            "id": name * 40,
            "patch_set": [{"path": 'f".py', "type": "A"}],
            "repository": "origin",
            "author_name": "Dev",
            "author_email": "dev@example.com",
            "timestamp": "2026-11-03T10:00:00+02:00",
            "message": "change\n\nbody",
        }
        for name in "cba"
    ]
    answer = console.http.put(path, json={"commits": commits}).json()
    assert (answer["commitCount"], answer["lastCommit"]["id"]) == (3, "c" * 40)
    shown = console.http.get(f"{path}commits/").json()
    assert [commit["id"][0] for commit in shown] == ["c", "b", "a"]
    assert shown[0]["dateCreated"] == "2026-11-03T08:00:00Z"
    console.http.put(path, json={"refs": [{"repository": "acme/shop", "commit": "d" * 40, "previousCommit": None}]})
    assert [commit["id"][0] for commit in console.http.get(f"{path}commits/").json()] == ["d"]
    assert console.http.put(path, json={"refs": []}).json()["commitCount"] == 0
    assert console.http.get(f"{path}commits/").json() == []


def test_the_release_before_is_the_last_one_whose_commits_are_known(console: RunningConsole) -> None:
    first, second, third = (f"before@{number}.{uuid.uuid4().hex[:6]}" for number in range(3))
    for version in (first, second, third):
        console.http.post(console.org("releases/"), json={"version": version, "projects": ["api"]})
    assert console.http.get(console.org(f"releases/{third}/previous-with-commits/")).json() == {}
    console.http.put(console.org(f"releases/{first}/"), json={"commits": [{"id": "e" * 40}]})
    previous = console.http.get(console.org(f"releases/{third}/previous-with-commits/")).json()
    assert (previous["version"], previous["lastCommit"]) == (first, {"id": "e" * 40})


def test_deploys_are_listed_latest_first(console: RunningConsole, version) -> None:
    path = console.org(f"releases/{version}/deploys/")
    assert console.http.post(path, json={"environment": "production"}).status_code == 404
    console.http.post(console.org("releases/"), json={"version": version, "projects": ["web"]})
    for day in (1, 2):
        wish = {"environment": "production", "name": f"d{day}", "dateFinished": f"2026-11-0{day}T09:01:00.772570116Z"}
        assert console.http.post(path, json=wish).status_code == 201
    assert [deploy["name"] for deploy in console.http.get(path).json()] == ["d2", "d1"]


def test_a_list_is_read_page_by_page_by_the_cursors_it_gives(console: RunningConsole) -> None:
    mark = uuid.uuid4().hex[:6]
    wanted = {f"page-{mark}@{number}" for number in range(130)}
    for version in wanted:
        console.http.post(console.project("releases/"), json={"version": version, "projects": ["web"]})
    found: list[str] = []
    cursor, more = "", True
    while more:
        answer = console.http.get(console.project("releases/"), params={"cursor": cursor})
        found += [release["version"] for release in answer.json()]
        following = answer.headers["link"].rpartition('rel="next"; ')[2]
        more = 'results="true"' in following
        cursor = following.rpartition('cursor="')[2].rstrip('"')
    assert wanted <= set(found)
    assert len(found) == len(set(found))


def test_projects_added_at_the_same_time_are_all_kept(console: RunningConsole, version) -> None:
    def add(slug: str) -> int:
        return console.http.post(console.org("releases/"), json={"version": version, "projects": [slug]}).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(add, ["web", "api", "web", "api"]))
    assert statuses == [201, 208, 208, 208]
    projects = console.http.get(console.org(f"releases/{version}/")).json()["projects"]
    assert {project["slug"] for project in projects} == {"web", "api"}


@pytest.mark.parametrize("name", ["", " ", ".", "..", "latest", "a/b", "a\nb", "x" * 201])
def test_what_can_be_no_release_is_refused_in_words(console: RunningConsole, name) -> None:
    answer = console.http.post(console.org("releases/"), json={"version": name, "projects": ["web"]})
    assert answer.status_code == 400
    assert "not allowed" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"version":1}', b'{"version":"a","projects":["nope"]}', b'{"version":"a","projects":[]}'],
)
def test_a_wrong_body_is_refused_in_words(console: RunningConsole, body) -> None:
    answer = console.http.post(console.org("releases/"), content=body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_code_mappings_are_created_then_updated(console: RunningConsole) -> None:
    wish = {"project": "web", "repository": "acme/shop", "defaultBranch": "main",
            "mappings": [{"stackRoot": uuid.uuid4().hex, "sourceRoot": "src"}]}  # fmt: skip
    path = console.org("code-mappings/bulk/")
    counts = [console.http.post(path, json=wish).json() for _ in range(2)]
    assert [(count["created"], count["updated"], count["errors"]) for count in counts] == [(1, 0, 0), (0, 1, 0)]
