"""What the stage may need of the world, and what it is answered: the words between it and whoever fetches.

A `Need` is looked up in `Context.artifacts`. What is not there the stage asks for by raising `Missing`; the shell
fetches it for the whole batch and runs the event again. Whatever cannot be had is an answer, too: `Absent`.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from symbolic.proguard import ProguardMapper
from symbolic.symcache import SymCache

from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_text import SourceText


class Kind(StrEnum):
    """What is needed."""

    SCRIPT = "script"
    """A built JavaScript file and its source map: by debug id, else by release, dist and URL."""
    SOURCE = "source"
    """An original file that its map names but does not hold: by release, dist and URL."""
    PROGUARD = "proguard"
    """A mapping of obfuscated names of the JVM, by its id."""
    SYMBOLS = "symbols"
    """The symbols of a binary, by its debug id."""


class Need(NamedTuple):
    """One artifact; a key."""

    kind: Kind
    project: int
    debug_id: str = ""
    """In normal form."""
    release: str = ""
    dist: str = ""
    url: str = ""
    """As the frame has it; it may have been uploaded under `urls.candidates` of it."""
    origins: tuple[str, ...] = ()
    """Of the web, from which a built file may be fetched that was not uploaded: `fetch_origins` of the project."""


class Absent(NamedTuple):
    """The answer to a need that cannot be met."""

    failure: Failure | None
    """None when the project never uploaded anything: nobody expects symbolicated frames, and no error is noted."""


Answer: TypeAlias = Script | SourceText | ProguardMapper | SymCache | Absent
