"""How messages become rows: one line a column, turned into the INSERT statement that maps them.

ClickHouse parses the JSON of a message itself, several times cheaper than Python could (a writer spends 12 us an event
this way, mostly on checking it). The writer only puts the record's place before the message's own fields:
`{"_partition":3,"_offset":17,"project":1,...}`.
"""

from typing import NamedTuple

_MICROS = "fromUnixTimestamp64Micro({0}, 'UTC')"
# Client clocks can be anywhere; what we sort and query by stays near our own.
_NEAR_RECEIPT = (
    "fromUnixTimestamp64Micro(least(greatest({0}, received_at - 2592000000000), received_at + 60000000), 'UTC')"
)


class Column(NamedTuple):
    """A column of a table and where its value comes from."""

    name: str
    type: str
    """Of `source`, as it stands in the JSON."""
    source: str = ""
    """The field of the message; the column's own name when empty."""
    expression: str = "{0}"
    """From the field to the value."""


class Insert(NamedTuple):
    """The rows of one table."""

    table: str
    columns: tuple[Column, ...]

    def sql(self, fence: str) -> str:
        """Give the INSERT statement, its rows to follow as JSON lines; nothing lands if `fence`, a condition, throws.

        The condition is part of the statement, so no time passes between looking and inserting.
        """
        names = ", ".join(f"`{column.name}`" for column in self.columns)
        values = ", ".join(column.expression.format(f"`{_field(column)}`") for column in self.columns)
        fields = {_field(column).partition(".")[0]: column.type for column in self.columns}
        structure = ", ".join(f"`{field}` {kind}" for field, kind in fields.items()).replace("'", "\\'")
        return (
            f"INSERT INTO {self.table} ({names}) SELECT {values} FROM input('{structure}')"  # noqa: S608 - our own words
            f" WHERE {fence} FORMAT JSONEachRow"
        )


def _field(column: Column) -> str:
    return column.source or column.name


def _time(name: str, source: str = "", expression: str = _MICROS) -> Column:
    return Column(name, "Int64", source, expression)


_ORIGIN_TYPE = (
    "Tuple(generation UInt32, partition UInt16, offset UInt64, index UInt32, items UInt32, part UInt32, parts UInt32)"
)
_ORIGIN = tuple(
    Column(f"origin_{name}", _ORIGIN_TYPE, "origin", f"tupleElement({{0}}, '{name}')")
    for name in ("generation", "partition", "offset", "index", "items", "part", "parts")
)
_RECORD = (
    Column("generation", "UInt32", "_generation"),
    Column("partition_", "UInt16", "_partition"),
    Column("offset_", "UInt64", "_offset"),
)
_ROW = Column("row_", "UInt32", "_row")
# Of a tracker's message: the record of `events` behind it.
_CAUSE = (
    Column("events_partition", "UInt16", "partition"),
    Column("events_offset", "Int64", "offset"),
    Column("step", "UInt32"),
)

EVENTS = Insert(
    "events",
    (
        Column("project", "UInt64"),
        Column("group_hash", "FixedString(16)"),
        _time("received_at"),
        _time("timestamp", expression=_NEAR_RECEIPT),
        Column("event_id", "FixedString(32)"),
        Column("level", "String"),
        Column("platform", "String"),
        Column("environment", "String"),
        Column("release", "String"),
        Column("dist", "String"),
        Column("transaction", "String"),
        Column("logger", "String"),
        Column("server_name", "String"),
        Column("title", "String"),
        Column("culprit", "String"),
        Column("message", "String"),
        Column("exception_types", "Array(String)"),
        Column("exception_values", "Array(String)"),
        Column("handled", "Nullable(Bool)"),
        Column("tags", "Map(String, String)"),
        Column("user", "String"),
        Column("trace_id", "String"),
        Column("span_id", "String"),
        Column("sdk_name", "String"),
        Column("sdk_version", "String"),
        Column("key_id", "String"),
        Column("config_hash", "String"),
        Column("fingerprint", "Array(String)"),
        Column("grouping_version", "String"),
        Column("redactions", "Map(String, UInt32)"),
        # An object where text is asked for is taken as it stands, byte for byte.
        Column("payload", "String"),
        *_ORIGIN,
        *_RECORD,
    ),
)
ISSUES = Insert(
    "issues",
    (
        Column("project", "UInt64"),
        Column("issue_id", "FixedString(16)"),
        Column("short_id", "String"),
        Column("status", "String"),
        Column("title", "String"),
        Column("culprit", "String"),
        Column("level", "String"),
        Column("platform", "String"),
        _time("first_seen"),
        _time("last_seen"),
        Column("count", "UInt64"),
        Column("users", "UInt64"),
        Column("first_release", "String"),
        Column("last_release", "String"),
        _time("resolved_at", expression="if({0} = 0, NULL, " + _MICROS + ")"),
        _time("updated_at"),
        Column("state", "String", "_message"),
        *_CAUSE,
        *_RECORD,
    ),
)
TRANSITIONS = Insert(
    "transitions",
    (
        Column("project", "UInt64"),
        Column("issue_id", "FixedString(16)"),
        Column("id", "String"),
        Column("kind", "String"),
        _time("at"),
        Column("status_before", "String"),
        Column("status_after", "String"),
        Column("release", "String"),
        Column("event_id", "String"),
        Column("by", "String"),
        Column("explanation", "String"),
        *_CAUSE,
        *_RECORD,
    ),
)
ALERTS = Insert(
    "alerts",
    (
        Column("project", "UInt64"),
        Column("issue_id", "FixedString(16)"),
        Column("id", "String"),
        Column("rule_id", "String"),
        Column("rule_name", "String"),
        Column("kind", "String"),
        Column("short_id", "String"),
        Column("title", "String"),
        Column("culprit", "String"),
        Column("level", "String"),
        Column("platform", "String"),
        Column("environment", "String"),
        Column("release", "String"),
        Column("event_id", "String"),
        _time("fired_at"),
        Column("value", "UInt64"),
        Column("threshold", "UInt64"),
        Column("window_seconds", "UInt32"),
        Column("explanation", "String"),
        Column("actions", "String"),
        Column("config_hash", "String"),
        *_CAUSE,
        *_RECORD,
    ),
)
OUTCOMES = Insert(
    "outcomes",
    (
        Column("project", "UInt64"),
        Column("outcome", "String"),
        Column("reason", "String"),
        Column("category", "String", expression="if({0} = '', 'error', {0})"),
        Column("quantity", "Nullable(UInt64)", expression="ifNull({0}, 1)"),
        Column("key_id", "String"),
        Column("event_id", "String"),
        Column("source", "String"),
        _time("at"),
        Column("duplicate_of", "String"),
        *_ORIGIN,
        Column("topic", "String", "_topic"),
        *_RECORD,
        _ROW,
    ),
)
SESSIONS = Insert(
    "sessions",
    (
        Column("project", "UInt64"),
        Column("key_id", "String"),
        _time("received_at"),
        _time("started", expression=_NEAR_RECEIPT),
        Column("sid", "String"),
        Column("status", "String"),
        Column("errors", "UInt32"),
        Column("quantity", "UInt32"),
        Column("duration", "Nullable(Float64)"),
        Column("user", "String"),
        Column("release", "String"),
        Column("environment", "String"),
        *_ORIGIN,
        *_RECORD,
        _ROW,
    ),
)
FEEDBACK = Insert(
    "feedback",
    (
        Column("project", "UInt64"),
        Column("key_id", "String"),
        _time("received_at"),
        Column("event_id", "String"),
        Column("associated_event_id", "String"),
        Column("name", "String"),
        Column("email", "String"),
        Column("message", "String"),
        Column("url", "String"),
        Column("source", "String"),
        Column("release", "String"),
        Column("environment", "String"),
        *_ORIGIN,
        *_RECORD,
        _ROW,
    ),
)
ATTACHMENTS = Insert(
    "attachments",
    (
        Column("project", "UInt64"),
        Column("key_id", "String"),
        _time("received_at"),
        Column("event_id", "String"),
        Column("name", "String"),
        Column("content_type", "String"),
        Column("attachment_type", "String"),
        Column("size", "UInt32"),
        Column("sha1", "String"),
        Column("keep_days", "UInt16"),
        # JSON has no bytes.
        Column("content", "String", expression="base64Decode({0})"),
        *_ORIGIN,
        *_RECORD,
        _ROW,
    ),
)
