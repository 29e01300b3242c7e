"""What a debug file is: read by `symbolic`, which knows the formats of all platforms."""

import re
import uuid
from typing import IO

from symbolic.debuginfo import Archive
from symbolic.exceptions import SymbolicError
from symbolic.proguard import ProguardMapper

from errata.contracts.debug_ids import debug_id
from errata.protocols.artifacts.bundle import UploadRefused
from errata.stores.blobs.records import DebugObject

PROGUARD = "proguard"
# `/proguard/<uuid>.txt`, `proguard/<uuid>.txt`, however the client's version spells it.
_PROGUARD_NAME = re.compile(r"/?(?:proguard|mapping)[/-]([0-9a-fA-F-]{32,36})\.txt")


def objects_of(file: IO[bytes], name: str) -> tuple[DebugObject, ...]:
    """Give what a debug file holds, one for each architecture; at least one.

    Args:
        file: on disk; it needs no name there.
        name: as the client calls it; a ProGuard mapping says its id there.

    Raises:
        UploadRefused: it is no debug file of a known format.

    """
    file.flush()
    path = f"/dev/fd/{file.fileno()}"  # `symbolic` opens files by their path only
    named = _PROGUARD_NAME.fullmatch(name)
    if named or _is_proguard(file):
        own = debug_id(named[1]) if named else str(_proguard_uuid(path))
        return (DebugObject(debug_id=own, cpu_name="any", format=PROGUARD, features=("mapping",)),)
    try:
        objects = tuple(
            DebugObject(
                debug_id=debug_id(one.debug_id),
                code_id=str(one.code_id or ""),
                cpu_name=str(one.arch),
                format=str(one.file_format),
                kind=str(one.kind),
                features=tuple(sorted(one.features)),
            )
            for one in Archive.open(path).iter_objects()
        )
    except (SymbolicError, ValueError):
        raise UploadRefused("not a debug file of a known format") from None
    if not objects:
        raise UploadRefused("the debug file holds nothing")
    return objects


def _is_proguard(file: IO[bytes]) -> bool:
    """Tell a ProGuard or R8 mapping by its first class line: `com.example.Shop -> a.b:`."""
    file.seek(0)
    head = file.read(65_536)
    return any(
        not line[:1].isspace() and b" -> " in line and line.rstrip().endswith(b":")
        for line in head.splitlines()[:200]
        if not line.startswith(b"#")
    )


def _proguard_uuid(path: str) -> uuid.UUID:
    try:
        return ProguardMapper.open(path).uuid
    except SymbolicError:
        raise UploadRefused("not a ProGuard mapping") from None
