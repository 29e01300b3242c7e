"""The console's settings."""

from pydantic import Field

from errata.runtime.settings import CommonSettings

MIB = 1024 * 1024


class ConsoleSettings(CommonSettings):
    """Where the console listens, and what it takes from a client."""

    console_port: int = Field(9281, ge=0, le=65535, description="Port of the API; 0 takes any free one")
    max_json_bytes: int = Field(
        16 * MIB, ge=1_000, description="Bytes of a JSON body; 20 commits with their files, or thousands, fit in it"
    )
    chunk_bytes: int = Field(
        8 * MIB, ge=1_024, description="Bytes of one chunk of an upload, uncompressed; what Sentry tells its clients"
    )
    chunks_per_request: int = Field(64, ge=1, le=1_000, description="Chunks of one upload request")
    max_upload_bytes: int = Field(
        32 * MIB, ge=10_000, description="Bytes of one upload request of several chunks, on the wire"
    )
    max_file_bytes: int = Field(
        1_024 * MIB, ge=10_000, description="Bytes of one file made of chunks; on disk while it is put together"
    )
    max_single_file_bytes: int = Field(
        64 * MIB, ge=10_000, description="Bytes of a file that comes in one piece, as old clients send it"
    )
    max_archive_bytes: int = Field(
        256 * MIB, ge=10_000, description="Bytes of an archive of debug files, as old clients send it"
    )
    upload_seconds: float = Field(
        600, gt=0, description="For an upload request to arrive; 32 MiB at 450 kbit/s take as long"
    )
    concurrent_uploads: int = Field(
        8,
        ge=1,
        description="Upload requests read at a time, others wait; each holds up to one chunk in memory, twice",
    )
    clean_hours: float = Field(
        6, ge=0, description="Hours between removals of what need not be kept of uploads; 0 removes nothing"
    )
    artifact_days: int = Field(
        90, ge=1, description="Days that an artifact is kept after it was last uploaded; Sentry's number"
    )
    artifact_releases: int = Field(
        3, ge=0, description="Releases of each project, those uploaded to last, whose artifacts are kept however old"
    )
    chunk_hours: int = Field(
        24, ge=1, description="Hours that parts of uploads are kept, so that an upload that was cut off can be resumed"
    )
    issue_wait_seconds: float = Field(
        5, ge=0, description="How long an answer to a change of issues waits until lists show the change"
    )
