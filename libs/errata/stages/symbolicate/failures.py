"""Why a frame was not symbolicated, in the field's words."""

from enum import StrEnum


class Failure(StrEnum):
    """The `type` of an error on the event. Errors of one file are noted in this order."""

    INVALID_LOCATION = "invalid_location"
    """The source map maps nothing to the frame's place, so it is of another build; or the frame has no line."""
    NO_COLUMN = "no_column"
    """The frame has no column, and built files have few lines."""
    MISSING_SOURCE_CONTENT = "missing_source_content"
    """The place is known, but neither the map nor the upload holds the original file."""
    MISSING_SOURCE = "missing_source"
    """The built file was not uploaded."""
    MALFORMED_SOURCEMAP = "malformed_sourcemap"
    MISSING_SOURCEMAP = "missing_sourcemap"
    """The built file names a source map that was not uploaded."""
    INVALID_BASE64_SOURCEMAP = "invalid_base64_sourcemap"
    """The source map within the built file cannot be decoded."""
    SCRAPING_DISABLED = "scraping_disabled"
    """The built file was not uploaded, and its URL is on the web, from where nothing is fetched."""
    MISSING_MAPPING = "proguard_missing_mapping"
    MALFORMED_MAPPING = "proguard_invalid_mapping_file"
    MISSING_SYMBOLS = "native_missing_dsym"
    MALFORMED_SYMBOLS = "native_bad_dsym"
    STORE_AWAY = "artifacts_unavailable"
    """The store of uploads could not be reached."""
    LATE = "artifacts_timeout"
    """What the event needs of uploads took longer to find or to parse than a batch waits; the next events have it."""
    LIMITED = "artifacts_limit"
    """The project's events needed more files at once than are looked up for one batch."""
