"""One event's questions: what it needs, what was answered, and which errors are to be noted on it."""

from collections.abc import Mapping
from typing import Any

from errata.stages.stage import Event, Missing
from errata.stages.symbolicate.artifacts import Absent, Answer, Kind, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_text import SourceText

# An event with more than this has one cause.
_MAX_ERRORS = 20
_ORDER = {failure: place for place, failure in enumerate(Failure)}
# Each built file that is not in memory costs a look into the store. Pages have a few; a hostile event, hundreds.
_MAX_SCRIPTS = 50


class Lookups:
    """Questions of one event to what was loaded for the batch."""

    def __init__(
        self,
        artifacts: Mapping[Any, Any],
        project: int,
        release: str,
        dist: str,
        debug_ids: Mapping[str, str],
        *,
        origins: tuple[str, ...] = (),
    ) -> None:
        self._artifacts: Mapping[Need, Answer] = artifacts
        self._project = project
        self._release = release
        self._dist = dist
        self._debug_ids = debug_ids
        self._origins = origins
        self._scripts: dict[str, Script | Absent | None] = {}
        self._missing: dict[Need, None] = {}
        self._errors: dict[tuple[Any, ...], dict[str, Any]] = {}

    def script(self, url: str) -> Script | Absent | None:
        """Give the built file at a URL; None while nobody knows of it yet, and beyond the 50th of an event."""
        known = self._scripts.get(url)
        if known is not None or url in self._scripts:
            return known
        if len(self._scripts) >= _MAX_SCRIPTS:
            return None
        debug_id = self._debug_ids.get(url, "")
        found = self.ask(Need(Kind.SCRIPT, self._project, debug_id, self._release, self._dist, url, self._origins))
        self._scripts[url] = answer = found if isinstance(found, Script | Absent) else None
        return answer

    def source(self, url: str, built: str) -> SourceText | Absent | None:
        """Give an original file, uploaded with the built one or for its release; None while nobody knows of it."""
        debug_id = self._debug_ids.get(built, "")
        found = self.ask(Need(Kind.SOURCE, self._project, debug_id, self._release, self._dist, url))
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

    def failed(self, failure: Failure | None, url: str, **details: str | int) -> None:
        """Note why something was not symbolicated, the same once; None when it is no error."""
        if failure and len(self._errors) < _MAX_ERRORS:
            key = (url, _ORDER[failure], *details.values())
            self._errors[key] = {"type": str(failure), "url": url, **details}

    def check(self) -> None:
        """Stop when something was not known yet.

        Raises:
            Missing: with all that was asked for and not known.

        """
        if self._missing:
            raise Missing(tuple(self._missing))

    def note_errors(self, event: Event) -> None:
        """Add what failed to the event's errors: file by file, within one in the order of `Failure` and of places."""
        if self._errors:
            event["errors"] = [*event.get("errors", ()), *(self._errors[key] for key in sorted(self._errors))]
