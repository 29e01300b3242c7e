"""ClickHouse over HTTP: one client for statements, questions and inserts, with errors that say what a caller can do.

What ClickHouse tells about a failed statement can quote rows, so it is never part of an exception's text.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError, Error

from errata.runtime.settings import AddressError

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 60

# Codes of ClickHouse that speak of the rows sent, not of the server: sent again they would fail again.
_ABOUT_ROWS = frozenset({6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 131, 190, 321, 349, 407, 441})
# Codes that speak of how much was sent at once: memory, rows, bytes. Less of it would do.
_TOO_LARGE = frozenset({158, 173, 241, 307, 396})
# Codes by which `throwIf` is known.
_THROWN = 395


class Away(Exception):  # noqa: N818 - not an error of ours: ClickHouse cannot be reached or cannot take more just now
    """ClickHouse did not answer, or answered that it cannot now. Whether a statement was carried out is unknown."""


class Refused(Exception):  # noqa: N818
    """ClickHouse answered no, with a code and name of its own; `details` may quote data: for a person's eyes only."""

    def __init__(self, code: int, name: str, details: str) -> None:
        super().__init__(f"ClickHouse refused with code {code} ({name})")
        self.code = code
        self.name = name
        self.details = details

    @property
    def about_rows(self) -> bool:
        """Whether the rows of an insert are at fault."""
        return self.code in _ABOUT_ROWS

    @property
    def too_large(self) -> bool:
        """Whether the server may take the same in smaller pieces."""
        return self.code in _TOO_LARGE

    @property
    def thrown(self) -> bool:
        """Whether a `throwIf` of the statement itself said no."""
        return self.code == _THROWN


class ClickHouse:
    """A connection to one database, safe for concurrent use; made by `connect`, closed by `close` or as a context."""

    def __init__(self, client: AsyncClient, database: str) -> None:
        self._client = client
        self.database = database

    @classmethod
    async def connect(cls, url: str, *, into_database: bool = True, timeout_s: float = ANSWER_TIMEOUT_S) -> Self:
        """Give a client for an address like `https://user:password@host:8443/database`.

        `into_database=False` is for the one statement that makes the database.

        Raises:
            Away: nobody answers there.
            Refused: someone answers no, such as for a wrong password.
            AddressError: the address has another form; the text names ERRATA_CLICKHOUSE.

        """
        parts = urlsplit(url)
        database = unquote(parts.path.strip("/")) or "default"
        if parts.scheme not in {"http", "https"} or not parts.hostname or "/" in database:
            raise AddressError("ERRATA_CLICKHOUSE must look like http://user:password@host:8123/database")
        try:
            client = await clickhouse_connect.get_async_client(
                host=parts.hostname,
                port=parts.port or (8443 if parts.scheme == "https" else 8123),
                interface=parts.scheme,
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password or ""),
                database=database if into_database else None,
                connect_timeout=CONNECT_TIMEOUT_S,
                send_receive_timeout=timeout_s,
                # Rows compress themselves in the table; on the way they are close by.
                compress=False,
                autogenerate_session_id=False,
                tz_mode="aware",
            )
        except ClickHouseError as error:
            raise _reworded(error) from None
        return cls(client, database)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
    ) -> Sequence[Sequence[Any]]:
        """Give a question's answer; `{name:Type}` stands for a parameter. Asked again when a connection breaks."""
        return (await self.table(sql, parameters, settings))[1]

    async def table(
        self, sql: str, parameters: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
    ) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Give a question's answer with the names of its columns; raises `Away` or `Refused`."""
        try:
            result = await self._client.query(
                sql, dict(parameters or {}), settings=dict(settings or {}), query_formats={"FixedString": "string"}
            )
        except ClickHouseError as error:
            raise _reworded(error) from None
        return result.column_names, result.result_rows

    async def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Carry out a statement that answers nothing; once, without a retry. Raises `Away` or `Refused`."""
        try:
            await self._client.command(sql, dict(parameters or {}))
        except ClickHouseError as error:
            raise _reworded(error) from None

    async def insert(self, sql: str, lines: Iterable[bytes], *, query_id: str, settings: Mapping[str, Any]) -> None:
        """Carry out an INSERT with its rows, once: sent again after a connection broke, they could be there twice.

        Raises `Away` or `Refused`.
        """
        # A file, since clickhouse-connect sends nothing again that it has read from one. Bytes it would send again; and
        # for `command`, which does not, it reads all rows as text to see what statement this is: half of an insert's
        # cost here.
        body = BytesIO(b"\n".join((sql.encode(), *lines)))
        try:
            await self._client.raw_insert(insert_block=body, settings={**settings, "query_id": query_id})
        except ClickHouseError as error:
            raise _reworded(error) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _reworded(error: ClickHouseError) -> Away | Refused:
    code = error.code if isinstance(error, Error) else None
    if code is None:
        return Away(type(error).__name__)
    return Refused(code, error.name or "" if isinstance(error, Error) else "", str(error))
