"""What is kept about an upload, and the keys under which everything lies.

chunks/<aa>/<sha1>                                         a part of an upload, as it came
contents/<aa>/<sha1>                                       a file of an upload, unpacked, zstd
projects/<p>/artifacts/<artifact>                          the record of an upload; written last
projects/<p>/debug-ids/<debug id>/<artifact>               empty: the artifact has files with this debug id
projects/<p>/releases/<release, dist>/<url>/<artifact>     empty: the artifact has a file with this URL

Every part of a key is a number or the hash of what a client said, so a name can lead nowhere else.
"""

import msgspec

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


def artifacts_folder(project: int) -> str:
    """Give the folder of a project's records."""
    return f"projects/{project}/artifacts"


def debug_id_folder(project: int, debug_id: str) -> str:
    """Give the folder that names the artifacts with a debug id, which must be in normal form."""
    return f"projects/{project}/debug-ids/{debug_id}"


def url_folder(project: int, release: str, dist: str, url: str) -> str:
    """Give the folder that names the artifacts of a release with a URL."""
    return f"{release_folder(project, release, dist)}/{derived_id(url)}"


def release_folder(project: int, release: str, dist: str) -> str:
    """Give the folder that knows all URLs of a release and distribution."""
    return f"projects/{project}/releases/{derived_id(release, dist)}"


def folders_of(artifact: Artifact) -> set[str]:
    """Give every folder that must name an artifact so that it is found."""
    ids = {file.debug_id for file in artifact.files} | {one.debug_id for one in artifact.objects}
    found = {debug_id_folder(artifact.project, debug_id) for debug_id in ids if debug_id}
    if artifact.release:
        found |= {url_folder(artifact.project, artifact.release, artifact.dist, file.url) for file in artifact.files}
    return found
