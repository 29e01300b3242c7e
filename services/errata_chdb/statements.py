"""What must be known of a statement before the engine gets it: where the rows of an INSERT start, and a KILL's target.

chDB takes the rows of an insert from a file only (inline bytes break on binary), so `INSERT ... FORMAT Native <rows>`
is cut in two, and `input('...')`, which means "the rows that follow", becomes `file('<path>', ...)`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# One token a match. Alternatives start with different characters and an open quote runs to the end, so it is linear.
_TOKEN = re.compile(
    rb"(?P<skipped>--[^\n]*|/\*.*?(?:\*/|\Z)|\s+)"
    rb"|'(?:[^'\\]|\\.)*(?:'|\Z)|`(?:[^`\\]|\\.)*(?:`|\Z)|\"(?:[^\"\\]|\\.)*(?:\"|\Z)|\w+|.",
    re.DOTALL,
)
# A statement's own text; rows may follow it without end.
_LONGEST_STATEMENT = 262_144
# After the format's name: blanks, then at most one line end; the rest is data, be it blank or not.
_BEFORE_ROWS = re.compile(rb"[ \t\f]*(?:\r?\n)?")
_FORMAT_AT_END = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*\Z", re.IGNORECASE)
_KILL = re.compile(rb"\s*KILL\s+QUERY\b", re.IGNORECASE)
_QUERY_ID = re.compile(rb"\bquery_id\b", re.IGNORECASE)


class Insert(NamedTuple):
    """An INSERT that brings its rows along."""

    before: bytes
    """The statement up to `FORMAT`; with `input('...')`, up to that call."""
    structure: bytes | None
    """The argument of `input('...')`, a literal; None without such a call."""
    after: bytes
    """What stands between that call and `FORMAT`."""
    format: bytes
    rows: memoryview

    def reading(self, path: str) -> bytes:
        """Give the statement that takes the rows from a file, whose path needs no escaping."""
        file = path.encode()
        if self.structure is None:
            return b"%s FROM INFILE '%s' FORMAT %s" % (self.before, file, self.format)
        return b"%sfile('%s', '%s', %s)%s" % (self.before, file, self.format, self.structure, self.after)


class _Token(NamedTuple):
    text: bytes
    start: int
    end: int
    depth: int

    def is_word(self, word: bytes) -> bool:
        """Tell whether it is this keyword outside all parentheses."""
        return self.depth == 0 and self.text.upper() == word


def split_insert(sql: bytes) -> Insert | None:
    """Give an INSERT cut into statement and rows; None when it is anything that the engine takes as it is.

    That is: another statement, `VALUES (...)`, or a SELECT that reads tables.
    """
    tokens = _tokens(sql)
    first = next(tokens, None)
    if first is None or not first.is_word(b"INSERT"):
        return None
    head: list[_Token] = []
    for token in tokens:
        if token.is_word(b"VALUES"):
            return None
        if token.is_word(b"FORMAT"):
            break
        head.append(token)
    else:
        return None
    name = next(tokens, None)
    if name is None:
        return None
    before_rows = _BEFORE_ROWS.match(sql, name.end)
    rows = memoryview(sql)[before_rows.end() if before_rows else name.end :]
    call = _call_of_input(head)
    if call is not None:
        start, structure, end = call
        return Insert(sql[:start], structure, sql[end : token.start], name.text, rows)
    if any(part.is_word(b"SELECT") for part in head):
        return None
    return Insert(sql[: token.start].rstrip(), None, b"", name.text, rows)


def output_format(sql: bytes, default: str) -> str:
    """Give the name of the format that a query's answer has."""
    found = _FORMAT_AT_END.search(sql[-128:])
    return found[1].decode() if found else default


def is_kill(sql: bytes) -> bool:
    """Tell whether a statement is KILL QUERY, which must not wait behind the queries that it is to end."""
    return _KILL.match(sql) is not None


def kill_by_comment(sql: bytes) -> bytes:
    """Give a KILL QUERY that finds clients' query ids where the front keeps them: in the setting `log_comment`."""
    return _QUERY_ID.sub(b"Settings['log_comment']", sql)


def _tokens(sql: bytes) -> Iterator[_Token]:
    depth = 0
    for found in _TOKEN.finditer(sql, 0, _LONGEST_STATEMENT):
        if found["skipped"] is not None:
            continue
        text = found[0]
        depth -= text == b")"
        yield _Token(text, found.start(), found.end(), depth)
        depth += text == b"("


def _call_of_input(head: list[_Token]) -> tuple[int, bytes, int] | None:
    """Give where `input('structure')` stands, and the literal; None when the statement has no such call."""
    for name, opening, literal, closing in zip(head, head[1:], head[2:], head[3:], strict=False):
        if name.text.lower() == b"input" and opening.text == b"(" and closing.text == b")":
            return name.start, literal.text, closing.end
    return None
