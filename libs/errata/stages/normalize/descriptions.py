"""Name and version of systems and runtimes, read out of the one line in which .NET, Unity and Unreal describe them."""

import re
from types import MappingProxyType

from errata.stages.stage import Event

LONGEST = 200
"""Characters that are looked at."""

_WINDOWS = re.compile(
    r"(?:(?:Microsoft )?Windows (?:NT )?|Windows\s+\d{1,4}\s+\()(?P<version>\d{1,4}\.\d{1,4}\.(?P<build>\d{1,9}))"
)
_ANDROID = re.compile(r"Android (?:OS )?(?P<version>\d{1,4}(?:\.\d{1,4}){0,2}) / API-\d")
_MACOS = re.compile(r"Mac OS X (?P<version>\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)(?: \((?P<build>[0-9a-fA-F]{1,16})\))?\s*")
_APPLE = re.compile(r"(?P<name>iOS|iPadOS) (?P<version>\d{1,4}(?:\.\d{1,4}){1,2})")
_DISTRIBUTION = re.compile(
    r"Linux (?P<kernel_version>\d{1,4}(?:\.\d{1,6}){1,3}) "
    r"(?P<name>[A-Za-z]{1,40}) (?P<version>\d{1,6}(?:\.\d{1,6}){0,2})"
)
# A fourth number of `.0` is what .NET appends to `uname`.
_UNAME = re.compile(r"(?P<name>[A-Za-z]{1,40}) (?P<kernel_version>\d{1,4}\.\d{1,6}\.\d{1,6}(?:\.[1-9]{1,6})?)")
_RUNTIME = re.compile(r"(?P<name>.{1,100}) (?P<version>\d{1,6}\.\d{1,6}(?:\.\d{1,6}){0,2})")

_RELEASES = (
    (2600, 3790, "XP"),
    (6002, 6002, "Vista"),
    (7601, 7601, "7"),
    (9200, 9200, "8"),
    (9600, 9600, "8.1"),
    (10240, 19045, "10"),
    (22000, 29999, "11"),
)
"""Builds of Windows, from and to, and what it is sold as; servers of the same build go by the same name."""

_FRAMEWORKS = MappingProxyType(
    {
        build: version
        for version, builds in (
            ("4.5", "378389"),
            ("4.5.1", "378675 378758"),
            ("4.5.2", "379893"),
            ("4.6", "393295 393297"),
            ("4.6.1", "394254 394271"),
            ("4.6.2", "394802 394806"),
            ("4.7", "460798 460805"),
            ("4.7.1", "461308 461310"),
            ("4.7.2", "461808 461814"),
            ("4.8", "528040 528049 528209 528372 528449"),
            ("4.8.1", "533320 533325 533509"),
        )
        for build in builds.split()
    }
)
"""Microsoft's release numbers of the .NET Framework, which itself only says 4.0.30319."""


def read_system(context: Event) -> None:
    """Fill in an operating system that has neither name nor version but a description."""
    if "name" in context or "version" in context:
        return
    text = context["raw_description"][:LONGEST]
    if text == "Nintendo Switch":
        context["name"] = "Nintendo OS"
        return
    for pattern, name in _SYSTEMS:
        if match := pattern.match(text):
            found = {key: value for key, value in match.groupdict().items() if value}
            if pattern is _WINDOWS:
                found = {**_windows(found), "build": context.get("build") or found["build"]}
            context.update({"name": name, **found} if name else found)
            return


_SYSTEMS = (
    (_WINDOWS, "Windows"),
    (_MACOS, "macOS"),
    (_APPLE, ""),
    (_DISTRIBUTION, ""),
    (_ANDROID, "Android"),
    (_UNAME, ""),
)
"""In the order in which they are asked; the name where the pattern does not find it."""


def read_runtime(context: Event) -> None:
    """Fill in a runtime in the same way, and give the .NET Framework the version that people know."""
    text = context.get("raw_description", "")[:LONGEST]
    if "name" not in context and "version" not in context and (match := _RUNTIME.match(text)):
        context.update(match.groupdict())
    if context.get("name", "").startswith(".NET Framework") and (version := _FRAMEWORKS.get(context.get("build", ""))):
        context["version"] = version


def _windows(found: dict[str, str]) -> dict[str, str]:
    build = int(found["build"])
    return {"version": next((name for first, last, name in _RELEASES if first <= build <= last), found["version"])}
