"""Who may do what: tokens, scopes, and answers to strangers."""

import time

import httpx2
import pytest
from tests.services.errata_console.running import TOKEN, RunningConsole

from errata.config.tokens import Scope
from errata_console.routes import ENDPOINTS

pytestmark = pytest.mark.stack

NARROW = "n" * 64


@pytest.fixture(scope="module", autouse=True)
def _tokens(console: RunningConsole) -> None:
    console.write_tokens({TOKEN: tuple(Scope), NARROW: ("event:read",)})
    deadline = time.monotonic() + 20
    while console.http.get("/api/0/", headers=bearer(NARROW)).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def path_of(endpoint) -> str:
    return "/api/0" + endpoint.path.format(organization="shop", project="web", version="v", file="f") + "/"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_route_refuses_strangers_and_tokens_without_its_scope(console: RunningConsole, endpoint) -> None:
    path = path_of(endpoint)
    with httpx2.Client(base_url=console.url) as stranger:
        for headers in ({}, bearer("x"), {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer"}):
            answer = stranger.request(endpoint.method, path, headers=headers)
            assert answer.status_code == 401
            assert answer.json()["detail"]
        answer = stranger.request(endpoint.method, path, headers=bearer(NARROW))
        assert (answer.status_code == 403) == (bool(endpoint.scopes) and Scope.EVENT_READ not in endpoint.scopes)


def test_a_removed_token_is_refused_without_a_restart(console: RunningConsole) -> None:
    console.write_tokens({TOKEN: tuple(Scope), "gone" * 16: ("org:read",), NARROW: ("event:read",)})
    deadline = time.monotonic() + 20
    while console.http.get("/api/0/", headers=bearer("gone" * 16)).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    console.write_tokens({TOKEN: tuple(Scope), NARROW: ("event:read",)})
    while console.http.get("/api/0/", headers=bearer("gone" * 16)).status_code != 401:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_is_not_there_is_told_in_json(console: RunningConsole) -> None:
    for method, path, status in (
        ("GET", "/api/0/nothing/", 404),
        ("GET", "/", 404),
        ("DELETE", "/api/0/organizations/", 405),
        ("GET", "/api/0/organizations/other/releases/", 404),
        ("GET", "/api/0/projects/shop/other/releases/", 404),
    ):
        answer = console.http.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
        assert answer.json()["detail"]


def test_paths_are_the_same_with_and_without_their_slash(console: RunningConsole) -> None:
    with_slash, without = (console.http.get(f"/api/0/organizations/shop/projects{end}") for end in ("/", ""))
    assert with_slash.json() == without.json()
    assert {project["slug"] for project in with_slash.json()} == {"web", "api"}


def test_a_project_goes_by_its_id_too(console: RunningConsole) -> None:
    assert console.http.get("/api/0/projects/shop/42/releases/").status_code == 200
