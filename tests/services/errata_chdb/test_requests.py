"""What a request says, wherever it says it: in its address, its body, a form."""

import pytest

from errata_chdb.errors import ClickHouseError
from errata_chdb.requests import Query, parse


def parsed(body: bytes = b"", arguments: str = "", **headers: str) -> Query:
    return parse(
        read_only=False,
        arguments=arguments,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        known_settings=frozenset({"max_threads"}),
        new_id="made-up",
        max_body=1_000_000,
    )


def form(**fields: str) -> bytes:
    parts = [
        f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return "".join([*parts, "--line--\r\n"]).encode()


def test_a_statement_in_the_address_stands_before_the_one_in_the_body() -> None:
    assert parsed(b"1\n2", "query=INSERT+INTO+t+FORMAT+TSV").sql == b"INSERT INTO t FORMAT TSV\n1\n2"
    assert parsed(b"SELECT 1").sql == b"SELECT 1"


def test_a_form_says_what_the_address_could() -> None:
    query = parsed(
        form(query="SELECT {x:String}", param_x="ü" * 100_000, max_threads="1"),
        content_type='multipart/form-data; boundary="line"',
    )
    assert query.sql == b"SELECT {x:String}"
    assert query.parameters == {"x": "ü" * 100_000}
    assert query.settings == {"max_threads": "1"}


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=other"])
def test_a_form_that_cannot_be_read_is_refused(content_type: str) -> None:
    with pytest.raises(ClickHouseError, match="Cannot read the form") as refused:
        parsed(form(query="SELECT 1"), content_type=content_type)
    assert refused.value.status == 400


def test_a_setting_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ClickHouseError, match="Unknown setting 'colour'"):
        parsed(arguments="colour=red")
