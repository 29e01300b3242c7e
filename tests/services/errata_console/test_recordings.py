"""Every recorded call of sentry-cli 2 and 3, sent again to a real console: same class of status, every needed field."""

import base64
import json
import re
from itertools import groupby
from pathlib import Path

import pytest
from tests.data import NO_DATA, RECORDINGS
from tests.services.errata_console.running import RunningConsole

from errata.config.tokens import Scope

pytestmark = pytest.mark.stack

# What the client fails without, as PROTOCOLS.md of the recordings measured it, by method and path.
_RELEASE = ("version", "dateCreated")
REQUIRED = {
    ("GET", r"/api/0/"): ("auth", "user"),
    ("GET", r".*/organizations/"): (
        "id", "slug", "name", "dateCreated", "isEarlyAdopter", "require2FA", "requireEmailVerification", "features",
    ),
    ("GET", r".*/organizations/shop/projects/"): ("id", "slug", "name"),
    ("GET", r".*/repos/"): ("id", "name", "provider", "status", "dateCreated"),
    ("GET", r".*/chunk-upload/"): (
        "url", "chunkSize", "chunksPerRequest", "maxRequestSize", "hashAlgorithm", "concurrency", "accept",
    ),
    ("POST", r".*/releases/"): _RELEASE,
    ("PUT", r".*/releases/[^/]+/"): _RELEASE,
    ("GET", r".*/releases/([^/]+/)?"): _RELEASE,
    ("GET", r".*/commits/"): ("id",),
    ("GET", r".*/deploys/"): ("environment", "dateFinished"),
    ("POST", r".*/deploys/"): ("environment",),
    ("POST", r".*/(artifactbundle|releases/[^/]+)/assemble/"): ("state", "missingChunks"),
    ("POST", r".*/releases/[^/]+/files/"): ("id", "name", "sha1", "headers", "size", "dateCreated"),
    ("POST", r".*/dsyms/"): ("uuid", "objectName", "cpuName", "sha1", "data"),
    ("GET", r".*/dsyms/unknown/"): ("missing",),
    ("GET", r".*/organizations/shop/events/"): ("data",),
}  # fmt: skip
# The recording server refused these on purpose, to see what the client does then.
STAGED = {("chunk_429", 429), ("sourcemaps_503_retry", 503), ("sourcemaps_chunk_404", 404), ("unauthorized", 401)}
# Both answers suit the client; an installation without regions has no such route.
EITHER = {"/api/0/users/me/regions/"}


def cases() -> list[object]:
    if not RECORDINGS.is_dir():
        return [pytest.param([], marks=pytest.mark.skip(NO_DATA))]
    found = []
    for major in ("2", "3"):
        lines = (RECORDINGS / f"sentry-cli-{major}.jsonl").read_text().splitlines()
        calls = [json.loads(line) for line in lines]
        for case, group in groupby(calls, key=lambda call: call["case"]):
            found.append(pytest.param(list(group), id=f"{major}-{case}"))
    return found


CASES = cases()


@pytest.fixture(scope="module")
def console(database: str, tmp_path_factory: pytest.TempPathFactory, shared: Path):
    running = RunningConsole(tmp_path_factory.mktemp("console"), database)
    tokens = {_token(call) for case in CASES for call in case.values[0]} - {""}
    running.write_tokens(dict.fromkeys(sorted(tokens), tuple(Scope)))
    running.start()
    yield running
    running.kill()


@pytest.mark.parametrize("calls", CASES)
def test_a_recorded_case_is_answered_as_its_client_needs_it(console: RunningConsole, calls: list[dict]) -> None:
    for call in calls:
        if not call["path"].startswith("/api/0/"):  # an envelope: the relay's
            continue
        answer = console.http.request(
            call["method"],
            call["path"] + (f"?{call['query']}" if call["query"] else ""),
            headers=_headers(call),
            content=base64.b64decode(call["body_b64"]),
        )
        recorded = call["answer"]["status"]
        place = f"{call['method']} {call['path']}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code < 500, place
        if (call["case"], recorded) in STAGED or call["path"] in EITHER:
            continue
        assert answer.status_code // 100 == recorded // 100, place
        if answer.content:
            assert answer.headers["content-type"] == "application/json", place
            _check(call, answer, place)


def _check(call: dict, answer, place: str) -> None:
    body = answer.json()
    if answer.status_code >= 400:
        assert isinstance(body["detail"], str), place
        return
    if isinstance(body, list) and call["method"] == "GET":
        assert 'rel="next"; results="' in answer.headers["link"], place
    if call["path"].endswith("/difs/assemble/"):
        assert body.keys() == json.loads(base64.b64decode(call["body_b64"])).keys(), place
        assert all({"state", "missingChunks"} <= file.keys() for file in body.values()), place
        assert all(
            {"objectName", "cpuName", "sha1", "data"} <= file["dif"].keys() for file in body.values() if "dif" in file
        ), place
        return
    for (method, path), fields in REQUIRED.items():
        if method == call["method"] and re.fullmatch(path, call["path"]) and body != {}:
            for row in body if isinstance(body, list) else [body]:
                assert set(fields) <= row.keys(), place


def _token(call: dict) -> str:
    return dict(call["headers"]).get("Authorization", "").removeprefix("Bearer ")


def _headers(call: dict) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in call["headers"]
        if name.lower() not in {"host", "content-length", "te", "connection"}
    ]
