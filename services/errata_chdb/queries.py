"""Running a query: on its session or a fresh handle, with its settings, and the headers that tell how it went."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from errata_chdb.encodings import encode
from errata_chdb.engine import Engine, Handle, Result
from errata_chdb.requests import Query
from errata_chdb.sessions import Sessions
from errata_chdb.statements import is_kill, kill_by_comment, output_format


class Answer(msgspec.Struct, frozen=True):
    """What goes back to the client."""

    status: int
    headers: dict[str, str]
    body: bytes


class Runner:
    """Runs queries on the engine; each call takes a thread until its answer is there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sessions = Sessions(engine.handle)

    def run(self, query: Query) -> Answer:
        """Give the answer to a query.

        Raises:
            ClickHouseError: it failed.

        """
        started = time.perf_counter_ns()
        sql = kill_by_comment(query.sql) if is_kill(query.sql) else query.sql
        with self._handle(query) as handle:
            result = handle.run(sql, query.format, query.parameters)
        headers = {"X-ClickHouse-Summary": _summary(result, time.perf_counter_ns() - started)}
        body = result.body
        if body:
            headers["X-ClickHouse-Format"] = output_format(sql, query.format)
            body, encoding = encode(body, query.accepted_encodings)
            if encoding:
                headers["Content-Encoding"] = encoding
        return Answer(200, headers, body)

    def close(self) -> None:
        """End every session."""
        self._sessions.close()

    @contextmanager
    def _handle(self, query: Query) -> Iterator[Handle]:
        # The engine names queries itself, so the client's id travels as a comment, where KILL QUERY finds it.
        settings = {"log_comment": query.query_id} | query.settings
        if not query.session_id:
            handle = self._engine.handle()
            try:
                _prepare(handle, query.database, settings)
                yield handle
            finally:
                handle.close()
            return
        with self._sessions.use(
            query.session_id, timeout_s=query.session_timeout_s, must_exist=query.session_must_exist
        ) as handle:
            settings.pop("readonly", None)  # a session that is read-only once could not be made writable again
            _prepare(handle, query.database, settings)
            try:
                yield handle
            finally:  # a request's settings hold for that request alone
                handle.run("SET " + ", ".join(f"{name} = DEFAULT" for name in settings))


def _prepare(handle: Handle, database: str, settings: dict[str, str]) -> None:
    if database:
        handle.run("USE `" + database.replace("\\", "\\\\").replace("`", "\\`") + "`")
    # `readonly` last: it forbids to change itself, and with 1 all others too.
    ordered = sorted(settings.items(), key=lambda setting: setting[0] == "readonly")
    handle.run("SET " + ", ".join(f"{name} = {_literal(value)}" for name, value in ordered))


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _summary(result: Result, elapsed_ns: int) -> str:
    return json.dumps(
        {
            "read_rows": str(result.read_rows),
            "read_bytes": str(result.read_bytes),
            "written_rows": str(result.written_rows),
            "written_bytes": str(result.written_bytes),
            "total_rows_to_read": "0",
            "result_rows": "0",
            "result_bytes": str(len(result.body)),
            "elapsed_ns": str(elapsed_ns),
        }
    )
