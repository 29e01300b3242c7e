"""What keeps a command from its answer is one sentence and status 2, whichever server it is and whichever command."""

import pytest
from aiokafka.errors import TopicAuthorizationFailedError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from errata.stores.clickhouse.client import Refused
from errata_cli.commands.run import CannotTellError, run
from errata_cli.main import build

NOBODY = {
    "ERRATA_KAFKA": "kafka://127.0.0.1:1",
    "ERRATA_CLICKHOUSE": "http://127.0.0.1:1/errata",
    "ERRATA_REDIS": "redis://127.0.0.1:1/0",
}
EVENT = "9b1d4ea2c8f04e7d9a52f0c1d3b7a684"


def status_of(command):
    """Run a command as the shell would; give its exit status."""
    with pytest.raises(SystemExit) as ended:
        build(command[0])(command)
    return ended.value.code


@pytest.mark.parametrize(
    ("command", "server"),
    [
        (("topics", "check"), "Kafka"),
        (("topics", "list"), "Kafka"),
        (("dead-letters", "list"), "Kafka"),
        (("dead-letters", "show", "1-0-0-0-0"), "Kafka"),
        (("dead-letters", "replay", "--all"), "Kafka"),
        (("trace", EVENT), "Kafka"),
        (("audit",), "ClickHouse"),
        (("migrate",), "ClickHouse"),
        (("query", "SELECT 1"), "ClickHouse"),
        (("explain-frame", EVENT), "ClickHouse"),
        (("issues", "list"), "ClickHouse"),
        (("topics", "skip", "writer"), "Kafka"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else None,
)
def test_a_server_that_is_away_is_named_in_one_line(command, server, monkeypatch, capsys):
    for name, address in NOBODY.items():
        monkeypatch.setenv(name, address)
    assert status_of(command) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"{server} does not answer; ERRATA_{server.upper()} names its address")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "command"), [("ERRATA_KAFKA", ("trace", EVENT)), ("ERRATA_CLICKHOUSE", ("query", "SELECT 1"))]
)
def test_an_address_of_another_form_is_told_without_showing_it(name, command, monkeypatch, capsys):
    monkeypatch.setenv(name, "ftp://ann:hunter2@host")
    assert status_of(command) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{name} must look like")
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (CannotTellError("the writer is behind"), "the writer is behind"),
        (Refused(62, "SYNTAX_ERROR", "Code: 62. failed at position 8"), "Code: 62. failed at position 8"),
        (TopicAuthorizationFailedError(), "Kafka does not do it: TopicAuthorizationFailedError"),
        (RedisConnectionError("refused"), "Redis does not answer; ERRATA_REDIS names its address"),
        (ResponseError("OOM command not allowed"), "Redis does not do it: OOM command not allowed"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_trouble_has_its_sentence(error, sentence, capsys):
    async def work():
        raise error

    with pytest.raises(SystemExit) as ended:
        run(work())
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_a_bug_is_no_sentence():
    async def work():
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        run(work())
