"""Statements are cut where ClickHouse would cut them, whatever stands in literals, comments and rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata_chdb.statements import is_kill, kill_by_comment, output_format, split_insert


@pytest.mark.parametrize(
    ("sql", "statement", "rows"),
    [
        (b"INSERT INTO t FORMAT Native\n\x00\x01", b"INSERT INTO t FROM INFILE '/f' FORMAT Native", b"\x00\x01"),
        (b"insert into t (a, `format`) format CSV\r\n1,2", b"insert into t (a, `format`) FROM INFILE '/f' FORMAT CSV", b"1,2"),
        (b'INSERT INTO t FORMAT JSONEachRow {"a":1}', b"INSERT INTO t FROM INFILE '/f' FORMAT JSONEachRow", b'{"a":1}'),
        (b"INSERT INTO t FORMAT TSV\n\n", b"INSERT INTO t FROM INFILE '/f' FORMAT TSV", b"\n"),
        (b"/* FORMAT */ INSERT INTO t -- FORMAT x\n FORMAT TSV\n1", b"/* FORMAT */ INSERT INTO t -- FORMAT x FROM INFILE '/f' FORMAT TSV", b"1"),
        (b"INSERT INTO t SETTINGS a = 'FORMAT X' FORMAT TSV\n1", b"INSERT INTO t SETTINGS a = 'FORMAT X' FROM INFILE '/f' FORMAT TSV", b"1"),
        (
            b"INSERT INTO t SELECT a FROM input('a String, b Int8') WHERE throwIf(0) = 0 FORMAT TSV\nx",
            b"INSERT INTO t SELECT a FROM file('/f', 'TSV', 'a String, b Int8') WHERE throwIf(0) = 0",
            b"x",
        ),
    ],
)  # fmt: skip
def test_an_insert_with_rows_is_cut(sql: bytes, statement: bytes, rows: bytes) -> None:
    insert = split_insert(sql)
    assert insert is not None
    assert b" ".join(insert.reading("/f").split()) == statement
    assert bytes(insert.rows) == rows


@pytest.mark.parametrize(
    "sql",
    [
        b"SELECT 1 FORMAT Native",
        b"SELECT 'INSERT INTO t FORMAT TSV'",
        b"INSERT INTO t VALUES (1, 'FORMAT TSV')",
        b"INSERT INTO t SELECT * FROM s",
        b"INSERT INTO t SELECT * FROM s FORMAT TSV",
        b"INSERT INTO t (format",
        b"",
        b"'",
    ],
)
def test_anything_else_goes_to_the_engine_as_it_is(sql: bytes) -> None:
    assert split_insert(sql) is None


@given(st.binary(max_size=200))
def test_rows_are_never_touched(rows: bytes) -> None:
    insert = split_insert(b"INSERT INTO t FORMAT RowBinary\n" + rows)
    assert insert is not None
    assert bytes(insert.rows) == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_looked_through(sql: bytes) -> None:
    found = split_insert(sql)
    assert found is None or sql.endswith(bytes(found.rows))


def test_the_format_of_an_answer_is_the_last_word() -> None:
    assert output_format(b"SELECT 1 FORMAT JSON ;\n", "TSV") == "JSON"
    assert output_format(b"SELECT 'FORMAT JSON'", "TSV") == "TSV"


def test_a_kill_finds_client_ids_in_the_comment() -> None:
    sql = b"KILL QUERY WHERE query_id = 'a' SYNC"
    assert is_kill(sql)
    assert kill_by_comment(sql) == b"KILL QUERY WHERE Settings['log_comment'] = 'a' SYNC"
    assert not is_kill(b"SELECT 'KILL QUERY'")
