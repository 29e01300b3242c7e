"""What is kept about an upload, and the keys under which everything lies.

chunks/<aa>/<sha1>                                              a part of an upload, as it came
contents/<aa>/<sha1>                                            a file of an upload, unpacked, zstd
removed/<aa>/<sha1>                                             a content that no upload named; goes a day later
projects/<p>/artifacts/<artifact>/<time>                        the record of an upload; written last
projects/<p>/debug-ids/<debug id>/<time>-<artifact>             what the record says of files with this debug id
projects/<p>/releases/<release, dist>/<url>/<time>-<artifact>   what it says of the file with this URL
projects/<p>/revision                                           another text after each change of the project's uploads
revision                                                        another text after each change of any

Every part of a key is a number or the hash of what a client said, so a name can lead nowhere else. `<time>` is when the
artifact was uploaded last, written so that the latest sorts first; uploaded again, an artifact gets new keys, and who
removes the old ones cannot meet the new.
"""

from collections import defaultdict

import msgspec
from msgspec.structs import replace

from errata.contracts.ids import derived_id

BUNDLE = "artifact_bundle"
RELEASE_FILE = "release_file"
DEBUG_FILE = "debug_file"


class StoredFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file that can be looked up."""

    url: str
    """As the upload names it, such as `~/static/app.min.js`; the name of a debug file."""
    type: str
    """`source`, `minified_source`, `source_map`, `indexed_ram_bundle`; of debug files as `DebugObject.format`."""
    sha1: str
    """Of the content; where it lies."""
    size: int
    """Bytes, unpacked."""
    debug_id: str = ""
    sourcemap: str = ""
    """The header that names the source map, relative to the URL."""
    headers: dict[str, str] = {}


class DebugObject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a debug file holds for one architecture."""

    debug_id: str
    code_id: str = ""
    cpu_name: str = ""
    """Such as `x86_64`; `any` for files of no architecture."""
    format: str = ""
    """`elf`, `macho`, `pdb`, `pe`, `breakpad`, `wasm`, `portablepdb`, `sourcebundle`, `proguard`."""
    kind: str = ""
    """`dbg`, `exe`, `lib`, ..."""
    features: tuple[str, ...] = ()
    """Of `symtab`, `debug`, `unwind`, `sources`, `mapping`."""


class Artifact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of one upload in one project."""

    id: str
    """Follows from what was uploaded and what for, so the same upload is the same artifact."""
    project: int
    kind: str
    """`artifact_bundle`, `release_file` or `debug_file`."""
    checksum: str
    """The sha1 of the upload."""
    size: int
    """Bytes of the upload as it came."""
    created_at: int
    """Microseconds since 1970, UTC; where several have the same file the latest is used."""
    files: tuple[StoredFile, ...]
    release: str = ""
    dist: str = ""
    name: str = ""
    """Of a debug file or release file, as uploaded."""
    note: str = ""
    debug_id: str = ""
    """Of the bundle, or of a debug file's first object."""
    objects: tuple[DebugObject, ...] = ()
    """What a debug file holds; several in a fat binary."""


def artifact_id(kind: str, checksum: str, release: str = "", dist: str = "", name: str = "") -> str:
    """Give the id of an upload for a purpose."""
    return derived_id(kind, checksum, release, dist, name)


def chunk_key(sha1: str) -> str:
    """Give where a chunk lies."""
    return f"chunks/{sha1[:2]}/{sha1}"


def content_key(sha1: str) -> str:
    """Give where a file's content lies."""
    return f"contents/{sha1[:2]}/{sha1}"


def removed_key(sha1: str) -> str:
    """Give where a content lies between being found unused and being deleted."""
    return f"removed/{sha1[:2]}/{sha1}"


def revision_key(project: int | None = None) -> str:
    """Give what changes with a project's uploads, or with any."""
    return "revision" if project is None else f"projects/{project}/revision"


def artifacts_folder(project: int) -> str:
    """Give the folder of a project's records."""
    return f"projects/{project}/artifacts"


def record_folder(project: int, artifact: str) -> str:
    """Give the folder of the records of one artifact: one, for a moment two while it is uploaded again."""
    return f"{artifacts_folder(project)}/{artifact}"


def record_key(artifact: Artifact) -> str:
    """Give where a record lies."""
    return f"{record_folder(artifact.project, artifact.id)}/{_latest_first(artifact.created_at)}"


def index_folders(project: int) -> tuple[str, str]:
    """Give the folders that hold all keys by which a project's files are found."""
    return f"projects/{project}/debug-ids", f"projects/{project}/releases"


def debug_id_folder(project: int, debug_id: str) -> str:
    """Give the folder that names the artifacts with a debug id, which must be in normal form."""
    return f"projects/{project}/debug-ids/{debug_id}"


def url_folder(project: int, release: str, dist: str, url: str) -> str:
    """Give the folder that names the artifacts of a release, or of none, with a URL."""
    return f"projects/{project}/releases/{derived_id(release, dist)}/{derived_id(url)}"


def index_name(artifact: Artifact) -> str:
    """Give what an artifact is called in the folders that name it."""
    return f"{_latest_first(artifact.created_at)}-{artifact.id}"


def index_of(artifact: Artifact) -> dict[str, Artifact]:
    """Give every folder that must name an artifact so that it is found, with what stands there: what concerns it."""
    by_id: defaultdict[str, list[StoredFile]] = defaultdict(list)
    by_url: defaultdict[str, list[StoredFile]] = defaultdict(list)
    for file in artifact.files:
        by_id[file.debug_id].append(file)
        by_url[file.url].append(file)
    # All objects of a debug file lie in its one file, whose own id is the first one's.
    objects = {one.debug_id: artifact.files for one in artifact.objects}
    index = {
        debug_id_folder(artifact.project, debug_id): replace(
            artifact,
            files=tuple(files),
            objects=tuple(one for one in artifact.objects if one.debug_id == debug_id),
        )
        for debug_id, files in (by_id | objects).items()
        if debug_id
    }
    for url, files in by_url.items() if artifact.kind != DEBUG_FILE else ():
        folder = url_folder(artifact.project, artifact.release, artifact.dist, url)
        index[folder] = replace(artifact, files=tuple(files), objects=())
    return index


def _latest_first(created_at: int) -> str:
    return f"{(1 << 63) - 1 - created_at:016x}"
