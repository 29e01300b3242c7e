"""The engine: chDB opened on a folder, running one statement at a time on each handle.

A handle is a ClickHouse session (its settings, its database, its temporary tables), and serializes its queries, so
each request gets a fresh one (about 90 us). What chDB takes only by its configuration file is written to one at start.
"""

from typing import NamedTuple

from chdb import _chdb

from errata_chdb.errors import from_engine
from errata_chdb.row_files import RowFiles
from errata_chdb.settings import ChdbSettings
from errata_chdb.statements import split_insert

_CONFIG = """<clickhouse>
    <!-- One machine, shared with Kafka, Redis and everything else: small pools and caches. -->
    <max_server_memory_usage>{memory}</max_server_memory_usage>
    <mark_cache_size>33554432</mark_cache_size>
    <index_mark_cache_size>8388608</index_mark_cache_size>
    <primary_index_cache_size>33554432</primary_index_cache_size>
    <uncompressed_cache_size>0</uncompressed_cache_size>
    <query_condition_cache_size>8388608</query_condition_cache_size>
    <mmap_cache_size>100</mmap_cache_size>
    <compiled_expression_cache_size>8388608</compiled_expression_cache_size>
    <background_pool_size>2</background_pool_size>
    <background_schedule_pool_size>2</background_schedule_pool_size>
    <background_move_pool_size>1</background_move_pool_size>
    <background_fetches_pool_size>1</background_fetches_pool_size>
    <background_common_pool_size>1</background_common_pool_size>
    <background_buffer_flush_schedule_pool_size>1</background_buffer_flush_schedule_pool_size>
    <background_message_broker_schedule_pool_size>1</background_message_broker_schedule_pool_size>
    <background_distributed_schedule_pool_size>1</background_distributed_schedule_pool_size>
</clickhouse>
"""


class Result(NamedTuple):
    """What a statement gave."""

    body: bytes
    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0


class Handle:
    """One session of the engine. Not safe for several threads at once."""

    def __init__(self, dsn: str, rows: RowFiles) -> None:
        self._rows = rows
        self._connection = _chdb.connect(dsn)  # type: ignore[attr-defined] # compiled, without a stub

    def run(self, sql: bytes | str, form: str = "TSV", params: dict[str, str] | None = None) -> Result:
        """Give a statement's result in a format.

        Raises:
            ClickHouseError: the engine refused or failed it.

        """
        insert = split_insert(sql) if isinstance(sql, bytes) else None
        if insert is None:
            return self._query(sql, form, params)
        with self._rows.holding(insert.rows) as path:
            return self._query(insert.reading(path), form, params)

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _query(self, sql: bytes | str, form: str, params: dict[str, str] | None) -> Result:
        try:
            answer = self._connection.query(sql, form, params=params or {})
        except RuntimeError as error:
            raise from_engine(str(error)) from None
        if answer.has_error():
            raise from_engine(answer.error_message())
        return Result(
            answer.bytes() or b"",
            answer.storage_rows_read(),
            answer.storage_bytes_read(),
            answer.rows_written(),
            answer.bytes_written(),
        )


class Engine:
    """chDB on one folder of data, held by one process at a time; killed, it comes back with every acknowledged row."""

    def __init__(self, settings: ChdbSettings) -> None:
        """Open the data, or make its folder; raises `ClickHouseError` when another process holds it."""
        folder = settings.chdb_path.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "errata-engine.xml"
        config.write_text(_CONFIG.format(memory=settings.chdb_memory), encoding="utf-8")
        # async_insert would answer before rows are in a part.
        self._dsn = f"{folder}?async_insert=0&max_threads={settings.chdb_threads}&config-file={config}"
        self._rows = RowFiles(folder)
        try:
            self._keeper = Handle(self._dsn, self._rows)
        except RuntimeError as error:
            raise from_engine(str(error)) from None
        self._rows.clear()
        self.version = self.text("SELECT version()")
        self.timezone = self.text("SELECT timezone()")
        self.known_settings = frozenset(self.text("SELECT name FROM system.settings").split("\n"))

    def handle(self) -> Handle:
        """Give a fresh session."""
        return Handle(self._dsn, self._rows)

    def text(self, sql: str) -> str:
        """Give a statement's answer as plain text, for questions of the front itself."""
        return self._keeper.run(sql, "TSVRaw").body.decode().rstrip("\n")

    def close(self) -> None:
        """Close the data."""
        self._rows.clear()
        self._keeper.close()
