"""The front as clients see it: unmodified clickhouse-connect, and plain HTTP as curl sends it."""

import asyncio
import datetime as dt
import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import httpx2
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from tests.services.errata_chdb.front import FrontProcess

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontProcess]:
    process = FrontProcess(tmp_path_factory.mktemp("chdb"))
    process.query("CREATE DATABASE t").raise_for_status()
    yield process
    assert process.stop() == 0


@pytest.fixture
def table(front: FrontProcess) -> str:
    front.query("CREATE OR REPLACE TABLE t.rows (a UInt32, s String, at DateTime64(6, 'UTC'), m Map(String, String)) ENGINE = MergeTree ORDER BY a").raise_for_status()  # fmt: skip
    return "rows"


ROWS = [
    [number, "line\n\x00é" * number, dt.datetime.fromisoformat("2026-11-23T12:00"), {"key": "v"}]
    for number in range(500)
]


@pytest.mark.parametrize("compress", [False, "lz4", "zstd", "gzip"])
def test_clickhouse_connect_writes_and_reads(front: FrontProcess, table: str, compress: str | bool) -> None:
    client = clickhouse_connect.get_client(host="127.0.0.1", port=front.port, database="t", compress=compress)
    client.insert(table, ROWS, column_names=["a", "s", "at", "m"])
    assert client.query(f"SELECT * FROM {table} ORDER BY a").result_rows == [tuple(row) for row in ROWS]
    found = client.query(f"SELECT count() FROM {table} WHERE a < {{limit:UInt32}}", parameters={"limit": 7})
    assert found.result_rows == [(7,)]
    client.close()


async def test_the_async_client_runs_queries_side_by_side(front: FrontProcess, table: str) -> None:
    client = await clickhouse_connect.get_async_client(host="127.0.0.1", port=front.port, database="t")
    await client.insert(table, ROWS, column_names=["a", "s", "at", "m"])
    answers = await asyncio.gather(*(client.query(f"SELECT sleep(0.1), count() FROM {table}") for _ in range(6)))
    assert [answer.result_rows[0][1] for answer in answers] == [500] * 6
    await client.close()


def test_a_session_keeps_temporary_tables(front: FrontProcess) -> None:
    front.query("CREATE TEMPORARY TABLE mine (x Int8)", session_id="one").raise_for_status()
    assert front.query("SELECT count() FROM mine", session_id="one").text == "0\n"
    assert front.query("SELECT count() FROM mine", session_id="two").status_code == 404
    assert front.query("SELECT 1", session_id="none", session_check="1").headers["X-ClickHouse-Exception-Code"] == "372"


def test_settings_of_a_request_end_with_it(front: FrontProcess) -> None:
    assert front.query("SELECT getSetting('max_threads')", session_id="s", max_threads="1").text == "1\n"
    assert front.query("SELECT getSetting('max_threads')", session_id="s").text != "1\n"


def test_curl_inserts_with_the_statement_in_the_address(front: FrontProcess, table: str) -> None:
    statement = f"INSERT INTO {table} (a, s) FORMAT JSONEachRow"
    body = gzip.compress(b'{"a": 1, "s": "x"}\n{"a": 2, "s": "y"}')
    answer = httpx2.post(front.url, params={"query": statement, "database": "t"}, content=body, headers={"Content-Encoding": "gzip"})  # fmt: skip
    assert answer.status_code == 200
    assert front.query(f"SELECT a, s FROM {table} ORDER BY a", database="t").text == "1\tx\n2\ty\n"


def test_input_reads_the_rows_that_follow(front: FrontProcess, table: str) -> None:
    sql = f"INSERT INTO {table} (a, s) SELECT n + 1, upper(t) FROM input('n UInt32, t String') WHERE n != 5 FORMAT CSV\n1,a\n5,b\n"
    front.query(sql, database="t").raise_for_status()
    assert front.query(f"SELECT a, s FROM {table}", database="t").text == "2\tA\n"


def test_errors_say_what_and_carry_the_code(front: FrontProcess) -> None:
    answer = front.query("SELECT * FROM t.nothing")
    assert answer.status_code == 404
    assert answer.headers["X-ClickHouse-Exception-Code"] == "60"
    assert answer.text.startswith("Code: 60. DB::Exception: ")
    assert answer.text.endswith(")\n")
    assert front.query("SELECT 1", no_such_setting="1").headers["X-ClickHouse-Exception-Code"] == "115"
    client = clickhouse_connect.get_client(host="127.0.0.1", port=front.port)
    with pytest.raises(DatabaseError) as error:
        client.query("SELECT nothing")
    assert error.value.code == 47
    client.close()


def test_a_get_request_changes_nothing(front: FrontProcess) -> None:
    assert httpx2.get(front.url, params={"query": "SELECT 1"}).text == "1\n"
    refused = httpx2.get(front.url, params={"query": "CREATE DATABASE other"})
    assert refused.headers["X-ClickHouse-Exception-Code"] == "164"


def test_answers_are_compressed_when_asked_for(front: FrontProcess) -> None:
    answer = httpx2.post(
        front.url, params={"enable_http_compression": "1"}, content="SELECT number FROM numbers(1000) FORMAT JSONEachRow", headers={"Accept-Encoding": "gzip"},
    )  # fmt: skip
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(answer.text.splitlines()[999]) == {"number": 999}
    assert answer.headers["X-ClickHouse-Format"] == "JSONEachRow"


def test_a_running_query_is_killed_by_the_id_its_client_gave(front: FrontProcess) -> None:
    answers: list[httpx2.Response] = []
    slow = "SELECT sum(sleepEachRow(0.1)) FROM numbers(200) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 100000000"
    running = threading.Thread(target=lambda: answers.append(front.query(slow, query_id="to be ended")))
    running.start()
    while "to be ended" not in front.query("SELECT Settings['log_comment'] FROM system.processes").text:
        time.sleep(0.02)
    front.query("KILL QUERY WHERE query_id = 'to be ended' SYNC").raise_for_status()
    running.join()
    assert answers[0].headers["X-ClickHouse-Exception-Code"] == "394"


def test_acknowledged_rows_survive_kills(front: FrontProcess, tmp_path: Path) -> None:
    own = FrontProcess(tmp_path)
    own.query("CREATE TABLE default.rows (a UInt64) ENGINE = MergeTree ORDER BY a").raise_for_status()
    acknowledged = 0
    for _ in range(3):
        # Counted, not timed, so that a slow machine is killed in the middle of inserts too.
        killer, enough = threading.Timer(0.05, own.kill), acknowledged + 10
        try:
            while own.query(f"INSERT INTO default.rows FORMAT TSV\n{acknowledged}\n").status_code == 200:
                acknowledged += 1
                if acknowledged == enough:
                    killer.start()
        except httpx2.TransportError:
            pass
        killer.join()
        own.restart()
        present = own.query(f"SELECT a FROM default.rows WHERE a < {acknowledged} ORDER BY a").text.split()
        assert [int(number) for number in present] == list(range(acknowledged))
        acknowledged += 1  # the one under way when the kill came may be there or not
        own.query(f"ALTER TABLE default.rows DELETE WHERE a >= {acknowledged - 1}", mutations_sync="1")
        acknowledged -= 1
    assert own.stop() == 0
    assert acknowledged >= 30


def test_a_user_and_password_are_asked_for_when_set(tmp_path: Path) -> None:
    own = FrontProcess(tmp_path, ERRATA_CHDB_USER="reader", ERRATA_CHDB_PASSWORD="secret")
    try:
        assert own.query("SELECT 1").headers["X-ClickHouse-Exception-Code"] == "516"
        assert httpx2.post(own.url, content="SELECT 1", auth=("reader", "secret")).text == "1\n"
        assert httpx2.post(own.url, content="SELECT 1", auth=("reader", "wrong")).status_code == 401
        client = clickhouse_connect.get_client(host="127.0.0.1", port=own.port, username="reader", password="secret")
        assert client.command("SELECT 2") == 2
        client.close()
    finally:
        own.stop()


def test_a_wrong_setting_stops_the_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "errata_chdb"],
        env={"ERRATA_CHDB_PORT": "many", "ERRATA_CHDB_PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 78
    assert "ERRATA_CHDB_PORT" in done.stderr


def test_a_folder_in_use_is_not_opened_twice(front: FrontProcess, tmp_path: Path) -> None:
    own = FrontProcess(tmp_path)
    try:
        second = subprocess.run(
            [sys.executable, "-m", "errata_chdb"],
            env={"ERRATA_CHDB_PORT": "0", "ERRATA_CHDB_PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert second.returncode == 70
    finally:
        own.stop()
