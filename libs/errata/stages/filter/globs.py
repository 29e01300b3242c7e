"""Many glob patterns asked at once, in time linear in the text, however hostile: one compiled RE2 set."""

from collections.abc import Iterable

import re2


class GlobSet:
    """Patterns in which `*` stands for any run of characters (newlines too) and `?` for one; all else is literal.

    A pattern must match the whole text. Falsy when it holds no pattern.
    """

    def __init__(self, patterns: Iterable[str], *, ignore_case: bool) -> None:
        self._patterns = tuple(patterns)
        options = re2.Options()
        options.case_sensitive = not ignore_case
        options.dot_nl = True
        self._set = re2.Set.FullMatchSet(options)
        for pattern in self._patterns:
            self._set.Add(_regex(pattern))
        self._set.Compile()

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def matches(self, text: str) -> bool:
        """Give whether any of the patterns matches the whole text."""
        return bool(self._patterns) and bool(self._set.Match(text))


def _regex(pattern: str) -> str:
    """Give the RE2 pattern of a glob."""
    return "".join(".*" if char == "*" else "." if char == "?" else re2.escape(char) for char in pattern)
