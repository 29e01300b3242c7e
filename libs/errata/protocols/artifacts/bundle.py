"""Artifact bundles: the ZIP with a manifest in which `sentry-cli` sends source maps, opened without trusting it.

Eight bytes `SYSB`, version 2, then a ZIP; `manifest.json` names each file with its type, URL and headers. Everything in
it is a client's: the directory is bounded before it is read, members are read up to a limit, and no member's name is
ever used as a path.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import msgspec

from errata.contracts.debug_ids import debug_id

MANIFEST = "manifest.json"
SOURCE = "source"
SOURCE_MAP = "source_map"
MINIFIED_SOURCE = "minified_source"
_END = b"PK\x05\x06"
# The end record is 22 bytes and may be followed by a comment of up to 64 KiB.
_END_AT_MOST = 22 + 0xFFFF
_DIRECTORY_BYTES = 32 << 20
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class UploadRefused(Exception):  # noqa: N818 - says what happened
    """An upload that is not taken; the text is for the person who sent it."""


class Limits(msgspec.Struct, frozen=True):
    """How large uploads may be, in bytes."""

    chunk: int = 8 << 20
    """One part of a chunked upload."""
    file: int = 1 << 30
    """One whole upload, packed."""
    member: int = 128 << 20
    """One file within a bundle, unpacked; `sentry-cli` sends no larger source maps by default."""
    unpacked: int = 2 << 30
    """All files of a bundle together."""
    members: int = 20_000
    """Files in a bundle."""


class Entry(msgspec.Struct):
    """One file as the manifest names it."""

    type: str = SOURCE
    url: str = ""
    headers: dict[str, str] = {}

    @property
    def debug_id(self) -> str:
        """Its debug id in normal form, or empty."""
        return debug_id(self.header("debug-id"))

    def header(self, *names: str) -> str:
        """Give the first of these headers that is there; their case does not matter."""
        lower = {name.lower(): value for name, value in self.headers.items()}
        return next((lower[name] for name in names if lower.get(name)), "")


class Manifest(msgspec.Struct):
    """What `manifest.json` says; unknown fields are left aside."""

    files: dict[str, Entry] = {}
    debug_id: str | None = None
    release: str | None = None
    dist: str | None = None
    note: str | None = None


class Bundle:
    """An opened bundle: its manifest, and its files one by one."""

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        """Read directory and manifest.

        Raises:
            UploadRefused: it is no bundle, or larger than the limits.

        """
        self._zip = open_archive(file, limits)
        self._limits = limits
        try:
            self.manifest = msgspec.json.decode(self._read(MANIFEST), type=Manifest)
        except KeyError:
            raise UploadRefused(f"the bundle has no {MANIFEST}") from None
        except msgspec.DecodeError:
            raise UploadRefused(f"{MANIFEST} cannot be read") from None

    def files(self) -> Iterator[tuple[Entry, bytes]]:
        """Yield each file that the manifest names, with its content.

        Raises:
            UploadRefused: it is not there, too large, damaged, or says another size than it has.

        """
        for name, entry in self.manifest.files.items():
            try:
                yield entry, self._read(name)
            except KeyError:
                raise UploadRefused("the manifest names a file that is not in the bundle") from None

    def _read(self, name: str) -> bytes:
        member = self._zip.getinfo(name)
        return read_member(self._zip, member, self._limits)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bytes:
    """Give the content of one file of an archive, of at most `limits.member` bytes.

    Raises:
        UploadRefused: it is larger, encrypted or damaged.

    """
    if member.file_size > limits.member:
        raise UploadRefused(f"a file in the archive is larger than {limits.member} bytes")
    try:
        with archive.open(member) as stream:
            # It gives no more than the size it declares, whatever is packed; a wrong size fails its checksum.
            return stream.read(limits.member + 1)
    except _UNREADABLE:
        raise UploadRefused("a file in the archive is damaged") from None


def open_archive(file: IO[bytes], limits: Limits) -> zipfile.ZipFile:
    """Give a plain ZIP archive whose directory, names and sizes are within the limits.

    Raises:
        UploadRefused: they are not, or it is no ZIP.

    """
    _bound_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except _UNREADABLE:
        raise UploadRefused("not a ZIP archive") from None
    members = archive.infolist()
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked:
        raise UploadRefused(f"the archive holds more than {limits.members} files or {limits.unpacked} bytes")
    for member in members:
        _check_name(member.filename)
    return archive


def _check_name(name: str) -> None:
    """Refuse names that would leave the folder they are unpacked in; ours are never unpacked, others' might be.

    Raises:
        UploadRefused: the name is absolute, climbs, or holds what no name holds.

    """
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or "\0" in name:
        raise UploadRefused("a name in the archive leads out of it")


def _bound_directory(file: IO[bytes]) -> None:
    """Refuse a directory of more than 32 MiB before `zipfile` reads it whole into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_AT_MOST))
    tail = file.read(_END_AT_MOST)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise UploadRefused("not a ZIP archive")
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    if directory > _DIRECTORY_BYTES:  # ZIP64, too: its mark there is the largest number
        raise UploadRefused("the archive holds too many files")
    file.seek(0)
