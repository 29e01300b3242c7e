"""What the stage may need of the world, and what it is answered: the words between it and whoever fetches.

A `Need` is looked up in `Context.artifacts`. What is not there the stage asks for by raising `Missing`; the shell
fetches it for the whole batch and runs the event again. Whatever can not be had is an answer, too: `Absent`.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from symbolic.proguard import ProguardMapper
from symbolic.symcache import SymCache

from errata.stages.symbolicate.script import Script, SourceText


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


class Failure(StrEnum):
    """Why a frame was not symbolicated, in the field's words; the `type` of an error on the event."""

    MISSING_SOURCE = "missing_source"
    """The built file was not uploaded."""
    SCRAPING_DISABLED = "scraping_disabled"
    """It was not uploaded, and its URL is on the web, from where nothing is fetched."""
    MISSING_SOURCEMAP = "missing_sourcemap"
    """The built file names a source map that was not uploaded."""
    MALFORMED_SOURCEMAP = "malformed_sourcemap"
    INVALID_BASE64_SOURCEMAP = "invalid_base64_sourcemap"
    """The source map within the built file can not be decoded."""
    INVALID_LOCATION = "invalid_location"
    """The source map maps nothing to the frame's place: it is of another build."""
    NO_COLUMN = "no_column"
    """The frame has no column, and built files have few lines."""
    MISSING_SOURCE_CONTENT = "missing_source_content"
    """The place is known, but neither the map nor the release holds the original file."""
    MISSING_MAPPING = "proguard_missing_mapping"
    MALFORMED_MAPPING = "proguard_invalid_mapping_file"
    MISSING_SYMBOLS = "native_missing_dsym"
    MALFORMED_SYMBOLS = "native_bad_dsym"
    STORE_AWAY = "artifacts_unavailable"
    """The store of uploads could not be reached."""


class Absent(NamedTuple):
    """The answer to a need that can not be met."""

    failure: Failure | None
    """None when the project never uploaded anything: nobody expects symbolicated frames, and no error is noted."""


Answer: TypeAlias = Script | SourceText | ProguardMapper | SymCache | Absent
