"""An HTTP request as ClickHouse reads it: the statement, its parameters, its settings, who asks."""

import base64
import binascii
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import parse_qsl

import msgspec
from multipart import MultipartError, MultipartParser, parse_options_header

from errata_chdb.encodings import decode
from errata_chdb.errors import BAD_ARGUMENTS, NOT_IMPLEMENTED, UNKNOWN_SETTING, refusal

# Parameters of the request itself; every other one must be a setting of the engine.
_OF_THE_REQUEST = frozenset(
    {
        "add_http_cors_header",
        "buffer_size",
        "cancel_http_readonly_queries_on_client_close",
        "client_protocol_version",
        "compress",
        "database",
        "decompress",
        "default_format",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "http_zlib_compression_level",
        "password",
        "query",
        "query_id",
        "quota_key",
        "role",
        "send_progress_in_http_headers",
        "session_check",
        "session_id",
        "session_timeout",
        "stacktrace",
        "user",
        "wait_end_of_query",
    }
)
# The front's own promise: an answered insert is in a part.
_NOT_OURS_TO_CHANGE = frozenset({"async_insert", "wait_for_async_insert"})


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One statement and everything that a client said about how to run it."""

    sql: bytes
    settings: dict[str, str]
    parameters: dict[str, str]
    """Values of `{name:Type}` in the statement."""
    database: str
    query_id: str
    session_id: str
    session_timeout_s: float
    session_must_exist: bool
    format: str
    """Of the answer, where the statement names none."""
    accepted_encodings: str
    """Empty when the client wants the answer as it is."""
    user: str
    password: str


def parse(
    *,
    read_only: bool,
    arguments: str,
    headers: Mapping[str, str],
    body: bytes,
    known_settings: frozenset[str],
    new_id: str,
    max_body: int,
) -> Query:
    """Give the query in a request.

    Args:
        read_only: the method is one that must change nothing (GET, HEAD).
        arguments: the raw query string.
        headers: by lower-case name.
        body: as received.
        known_settings: names of the engine's settings.
        new_id: the query's id where the client gave none.
        max_body: bytes that a body may hold when decompressed.

    Raises:
        ClickHouseError: the body cannot be read, or a parameter is no setting.

    """
    said = dict(parse_qsl(arguments, keep_blank_values=True))
    if said.get("decompress", "0") in {"1", "true"} or said.get("compress", "0") in {"1", "true"}:
        raise refusal(NOT_IMPLEMENTED, "NOT_IMPLEMENTED", "Use Content-Encoding and Accept-Encoding for compression")
    content = decode(body, headers.get("content-encoding", ""), max_body)
    if headers.get("content-type", "").startswith("multipart/form-data"):
        said |= _form(headers["content-type"], content)
        content = b""
    in_address = said.get("query", "").encode()
    settings, parameters = _split(said, known_settings)
    if read_only:
        settings.setdefault("readonly", "2")
    user, password = _credentials(said, headers)
    wants_encoding = said.get("enable_http_compression", "0") in {"1", "true"}
    return Query(
        sql=in_address + b"\n" + content if in_address and content else in_address or content,
        settings=settings,
        parameters=parameters,
        database=said.get("database", headers.get("x-clickhouse-database", "")),
        query_id=said.get("query_id") or new_id,
        session_id=said.get("session_id", ""),
        session_timeout_s=float(said.get("session_timeout") or 60),
        session_must_exist=said.get("session_check") == "1",
        format=said.get("default_format") or headers.get("x-clickhouse-format") or "TabSeparated",
        accepted_encodings=headers.get("accept-encoding", "") if wants_encoding else "",
        user=user,
        password=password,
    )


def _split(said: dict[str, str], known: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
    settings: dict[str, str] = {}
    parameters: dict[str, str] = {}
    for name, value in said.items():
        if name.startswith("param_"):
            parameters[name.removeprefix("param_")] = value
        elif name in known and name not in _NOT_OURS_TO_CHANGE and name not in _OF_THE_REQUEST:
            settings[name] = value
        elif name not in known and name not in _OF_THE_REQUEST:
            raise refusal(UNKNOWN_SETTING, "UNKNOWN_SETTING", f"Unknown setting '{name}'")
    return settings, parameters


def _form(content_type: str, body: bytes) -> dict[str, str]:
    """Give the fields of a form; clients send long parameters in one."""
    _, options = parse_options_header(content_type)
    try:
        # The body is in memory already, so its parts may be, too.
        parts = MultipartParser(BytesIO(body), options["boundary"], spool_limit=len(body), memory_limit=len(body))
        return {part.name: part.raw.decode() for part in parts}
    except (MultipartError, KeyError, UnicodeDecodeError) as error:
        text = f"Cannot read the form: {type(error).__name__}"
        raise refusal(BAD_ARGUMENTS, "BAD_ARGUMENTS", text) from None


def _credentials(said: dict[str, str], headers: Mapping[str, str]) -> tuple[str, str]:
    """Give user and password from wherever ClickHouse takes them: its headers, basic authorization, parameters."""
    if "x-clickhouse-user" in headers or "x-clickhouse-key" in headers:
        return headers.get("x-clickhouse-user", ""), headers.get("x-clickhouse-key", "")
    kind, _, encoded = headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return user, password
    return said.get("user", ""), said.get("password", "")
