"""One event's questions: what it needs, what was answered, and which errors are to be noted on it."""

from collections.abc import Mapping
from typing import Any

from errata.stages.stage import Event, Missing
from errata.stages.symbolicate.artifacts import Absent, Answer, Kind, Need
from errata.stages.symbolicate.script import Script, SourceText

# An error a file is plenty; a page with more broken files than this has one cause.
_MAX_ERRORS = 20
# Each built file that is not in memory costs a look into the store. Pages have a few; a hostile event, hundreds.
_MAX_SCRIPTS = 50


class Lookups:
    """Questions of one event to what was loaded for the batch."""

    def __init__(
        self, artifacts: Mapping[Any, Any], project: int, release: str, dist: str, debug_ids: Mapping[str, str]
    ) -> None:
        self._artifacts: Mapping[Need, Answer] = artifacts
        self._project = project
        self._release = release
        self._dist = dist
        self._debug_ids = debug_ids
        self._scripts: dict[str, Script | Absent | None] = {}
        self._missing: dict[Need, None] = {}
        self._errors: dict[tuple[str, str], dict[str, Any]] = {}

    def script(self, url: str) -> Script | Absent | None:
        """Give the built file at a URL; None while nobody knows of it yet, and beyond the 50th of an event."""
        if url in self._scripts:
            return self._scripts[url]
        if len(self._scripts) >= _MAX_SCRIPTS:
            return None
        debug_id = self._debug_ids.get(url, "")
        found = self.ask(Need(Kind.SCRIPT, self._project, debug_id, self._release, self._dist, url))
        self._scripts[url] = answer = found if isinstance(found, Script | Absent) else None
        return answer

    def source(self, url: str) -> SourceText | Absent | None:
        """Give the original file at a URL, as part of the release; None while nobody knows of it yet."""
        found = self.ask(Need(Kind.SOURCE, self._project, "", self._release, self._dist, url))
        return found if isinstance(found, SourceText | Absent) else None

    def by_id(self, kind: Kind, debug_id: str) -> Answer | None:
        """Give a mapping or symbols; None while nobody knows of it yet."""
        return self.ask(Need(kind, self._project, debug_id))

    def ask(self, need: Need) -> Answer | None:
        """Give the answer to a need; None, and remembered, when there is none yet."""
        found = self._artifacts.get(need)
        if found is None:
            self._missing[need] = None
        return found

    def failed(self, failure: str | None, url: str, **place: int) -> None:
        """Note why something was not symbolicated, once for each file; None when it is no error."""
        if failure and len(self._errors) < _MAX_ERRORS:
            self._errors.setdefault((failure, url), {"type": str(failure), "url": url, **place})

    def check(self) -> None:
        """Stop when something was not known yet.

        Raises:
            Missing: with all that was asked for and not known.

        """
        if self._missing:
            raise Missing(tuple(self._missing))

    def note_errors(self, event: Event) -> None:
        """Add what failed to the event's errors."""
        if self._errors:
            event["errors"] = [*event.get("errors", ()), *self._errors.values()]
