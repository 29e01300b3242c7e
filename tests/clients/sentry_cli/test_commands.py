"""Every command of the real sentry-cli, 2 and 3: it ends well and says what its user expects."""

import json
import os
import pty
import random
import re
import subprocess
import uuid

import pytest
from tests.clients.sentry_cli.conftest import TOKEN, repositories

pytestmark = [pytest.mark.clients, pytest.mark.stack]

APP = "(()=>{function r(e){return e.items.length}window.checkout=r})();\n//# sourceMappingURL=app.min.js.map\n"
MAP = {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA", "sourcesContent": ["function a(){}"]}
MAPPING = "# compiler: R8\ncom.example.Shop -> a.b:\n    1:1:int count():10:10 -> a\n    2:3:void run():20:21 -> b\n"


def word() -> str:
    """Give a word that no grouping takes for a number: errors that differ in it are different issues."""
    return "".join(random.choices("ghjkmnpqrstvwxyz", k=10))


@pytest.fixture
def release(cli) -> str:
    """A release of its own, made."""
    version = f"shop@{cli.major}.{uuid.uuid4().hex[:8]}"
    assert f"Created release {version}" in cli("releases", "new", version, "--url", "https://example.com/r")
    return version


@pytest.fixture
def built(cli):
    """A minified file and its map; different for every test, so that nothing is there already."""
    folder = cli.folder / "dist"
    folder.mkdir()
    (folder / "app.min.js").write_text(f"/*{uuid.uuid4().hex}*/{APP}")
    (folder / "app.min.js.map").write_text(json.dumps(MAP))
    return folder


def test_info_shows_the_scopes(cli) -> None:
    assert "project:releases" in cli("info")


def test_login_takes_a_token_that_the_server_knows(cli) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [cli._program, "login"],
        cwd=cli.folder,
        env={name: value for name, value in cli.environment.items() if name != "SENTRY_AUTH_TOKEN"} | {"TERM": "xterm"},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    os.write(leader, b"n\n")
    os.write(leader, TOKEN.encode() + b"\n")
    said = b""
    while process.poll() is None or b"Stored token" not in said:
        try:
            said += os.read(leader, 4096)
        except OSError:  # the other end is closed
            break
    os.close(leader)
    assert process.wait(20) == 0, said
    assert b"Valid token" in said or b"Stored token" in said
    assert TOKEN in (cli.folder / ".sentryclirc").read_text()


def test_a_wrong_token_is_told(cli) -> None:
    assert "Invalid token" in cli("info", status=1, SENTRY_AUTH_TOKEN="f" * 64) + cli(
        "organizations", "list", status=1, SENTRY_AUTH_TOKEN="f" * 64
    )


def test_organization_and_project_are_listed(cli) -> None:
    assert "Acme" in cli("organizations", "list")
    assert "shop" in cli("projects", "list")


def test_repositories_are_those_of_the_configuration(cli, errata) -> None:
    repositories(errata, "acme/shop")
    assert "acme/shop" in cli("repos", "list")
    repositories(errata)
    assert "No repos found" in cli("repos", "list")


def test_monitors_and_logs_are_none(cli) -> None:
    cli("monitors", "list")
    assert "No logs found" in cli("logs", "list")


def test_a_release_is_made_finalized_shown_archived_restored_and_deleted(cli, release) -> None:
    assert "Created release" in cli("releases", "new", release)
    assert f"Finalized release {release}" in cli("releases", "finalize", release)
    assert release in cli("releases", "info", release, "--show-projects")
    assert release in cli("releases", "list")
    assert "Archived" in cli("releases", "archive", release)
    assert "Restored" in cli("releases", "restore", release)
    assert "Deleted" in cli("releases", "delete", release)
    assert "does not exist" in cli("releases", "delete", release)
    cli("releases", "info", release, status=1)


def test_a_release_can_be_final_from_the_start_and_have_any_name(cli) -> None:
    version = f"a b#c?d+{uuid.uuid4().hex[:6]}"
    cli("releases", "new", version, "--finalize")
    assert version in cli("releases", "info", version)


def test_commits_of_the_checkout_are_set_and_those_since_the_release_before(cli, release, checkout) -> None:
    head = checkout()
    # Other releases of the project are of other checkouts.
    for form in ("--auto", "--local"):
        assert "Success" in cli("releases", "set-commits", release, form, "--ignore-missing")
        assert head in cli("releases", "info", release, "--show-commits")
    later = f"{release}.1"
    cli("releases", "new", later)
    (cli.folder / "more.py").write_text("y")
    identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"]
    subprocess.run(["git", "add", "."], cwd=cli.folder, check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "more"], cwd=cli.folder, check=True)
    said = cli("releases", "set-commits", later, "--local")
    assert "Could not find the previous commit" not in said
    shown = cli("releases", "info", later, "--show-commits")
    assert len(re.findall(r"\b[0-9a-f]{40}\b", shown)) == 1
    assert head not in shown


def test_commits_are_named_by_repository_and_cleared(cli, errata, release, checkout) -> None:
    head = checkout()
    repositories(errata, "acme/shop")
    try:
        assert "acme/shop" in cli("releases", "set-commits", release, "--auto")
        assert head in cli("releases", "info", release, "--show-commits")
        cli("releases", "set-commits", release, "--commit", f"acme/shop@{'a' * 40}..{head}")
        assert head in cli("releases", "info", release, "--show-commits")
        assert "Clearing commits" in cli("releases", "set-commits", release, "--clear")
        assert head not in cli("releases", "info", release, "--show-commits")
    finally:
        repositories(errata)


def test_deploys_are_made_and_listed(cli, release) -> None:
    if cli.major == "2":
        new, listed = ("releases", "deploys", release, "new"), ("releases", "deploys", release, "list")
    else:
        new, listed = ("deploys", "new", "--release", release), ("deploys", "list", "--release", release)
    assert "d1" in cli(*new, "-e", "production", "-n", "d1", "-u", "https://ci.example/1", "-t", "30")
    assert "production" in cli(*listed)


def test_source_maps_with_debug_ids_are_uploaded_once(cli, built, release) -> None:
    assert "Modified" in cli("sourcemaps", "inject", "dist")
    said = cli("sourcemaps", "upload", "dist", "--release", release, "--dist", "7", "--wait")
    assert "Uploaded files to Sentry" in said
    assert "File processing complete" in said
    assert "Nothing to upload" in cli("sourcemaps", "upload", "dist", "--release", release, "--dist", "7", "--wait")


def test_source_maps_without_debug_ids_are_uploaded_for_a_release_that_nobody_made(cli, built) -> None:
    said = cli("sourcemaps", "upload", "dist", "--release", "never@made", "--url-prefix", "~/static", "--wait")
    assert "~/static/app.min.js (sourcemap at app.min.js.map)" in said


def test_files_of_a_release_one_by_one(cli, built, release) -> None:
    if cli.major != "2":
        pytest.skip("sentry-cli 3 has no such command")
    cli("releases", "files", release, "upload", "dist/app.min.js", "~/x.js")
    assert "~/x.js" in cli("releases", "files", release, "list")
    cli("releases", "files", release, "delete", "~/x.js")
    assert "~/x.js" not in cli("releases", "files", release, "list")


def test_debug_files_and_their_sources_are_uploaded(cli) -> None:
    source = cli.folder / "prog.c"
    source.write_text(f"int f_{uuid.uuid4().hex[:8]}(int x){{return x+1;}}\nint main(){{return 0;}}\n")
    if subprocess.run(["gcc", "-g", "-Wl,--build-id", "-o", "prog", "prog.c"], cwd=cli.folder, check=False).returncode:
        pytest.skip("no C compiler to make a debug file with")
    assert "Uploaded 1 missing" in cli("debug-files", "upload", "prog", "--wait")
    assert "OK" in cli("debug-files", "upload", "prog", "--include-sources", "--wait")
    assert "Nothing to upload" in cli("debug-files", "upload", "prog", "--wait")


def test_proguard_mappings_are_uploaded(cli) -> None:
    name = f"com.example.S{uuid.uuid4().hex[:8]}"
    (cli.folder / "mapping.txt").write_text(MAPPING.replace("com.example.Shop", name))
    said = cli("upload-proguard", "mapping.txt")
    assert ("Uploaded a total of 1 new mapping files" if cli.major == "2" else "Uploaded 1 missing") in said
    cli("upload-proguard", "mapping.txt", "--uuid", str(uuid.uuid4()))
    if cli.major == "2":
        cli("upload-proguard", "mapping.txt", "--app-id", "com.acme", "--version", "1.0", "--version-code", "1")
        assert "com.acme@1.0+1" in cli("releases", "list")


def test_a_sent_event_becomes_an_issue_that_is_resolved_reopened_and_muted(cli) -> None:
    title = f"boom {word()}"
    said = cli("send-event", "-m", title, "--env", "production", "-t", "team:web")
    event = re.search(r"Event id: ([0-9a-f-]{36})", said)[1]
    cli.until(event, "events", "list")
    assert "team" in cli("events", "list", "--show-tags")
    listed = cli.until(title, "issues", "list")
    number = re.search(rf"(\d+) +\| SHOP-\d+ +\| {title}", listed)[1]
    assert "resolved" in cli("issues", "resolve", "-i", number)
    assert title in cli("issues", "list", "--query", "is:resolved")
    assert title not in cli("issues", "list", "--query", "is:unresolved")
    if cli.major == "2":
        assert "unresolved" in cli("issues", "unresolve", "-i", number)
        assert title in cli("issues", "list", "--query", f'is:unresolved "{title}"')
    assert "muted" in cli("issues", "mute", "-i", number)
    assert title in cli("issues", "list", "--query", "is:ignored")


def test_every_unresolved_issue_is_resolved_at_once(cli) -> None:
    title = f"all {word()}"
    cli("send-event", "-m", title)
    cli.until(title, "issues", "list", "--query", "is:unresolved")
    cli("issues", "resolve", "--status", "unresolved")
    assert title not in cli("issues", "list", "--query", "is:unresolved")
    cli("issues", "mute", "--all")
    assert title in cli("issues", "list", "--query", "is:ignored")


def test_an_envelope_is_sent(cli) -> None:
    event = str(uuid.uuid4())
    payload = json.dumps({"event_id": event, "message": "from a file", "level": "error"})
    (cli.folder / "one.envelope").write_text(
        f'{{"event_id":"{event}"}}\n{{"type":"event","length":{len(payload)}}}\n{payload}\n'
    )
    cli("send-envelope", "one.envelope")
    cli.until(event, "events", "list")


def test_a_monitored_job_runs_and_ends_with_its_own_status(cli) -> None:
    assert "here" in cli("monitors", "run", "nightly", "--", "echo", "here")
    cli("monitors", "run", "nightly", "--", "false", status=1)


def test_code_mappings_are_uploaded(cli, checkout) -> None:
    if cli.major == "2":
        pytest.skip("sentry-cli 2 has no such command")
    checkout()
    (cli.folder / "mappings.json").write_text(json.dumps([{"stackRoot": "com/acme", "sourceRoot": "src/com/acme"}]))
    said = cli("code-mappings", "upload", "mappings.json", "--repo", "acme/shop", "--default-branch", "main")
    assert "Created: 1, Updated: 0, Errors: 0" in said
