"""Which of two releases is the later one, and by which rule that was decided.

Releases are free text from clients, so every pair is judged by the strictest rule that both fit: semantic versions,
then Python versions (PEP 440, which also knows four parts and calendar versions), then the order in which the project
first saw them. The rule is chosen again for each pair, from the two strings alone: a project never flips to another
order because of one odd release.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

import msgspec
import semver
from packaging.version import InvalidVersion
from packaging.version import Version as PythonVersion

_MAX_VERSION = 128
"""Characters; longer text is no version that a person wrote, and both parsers are regular expressions."""


class OrderRule(StrEnum):
    """By which rule two releases were compared, in words for people."""

    SAME = "the same release"
    SEMVER = "semantic versions"
    BUILD = "build numbers of the same version"
    PEP440 = "Python versions"
    FIRST_SEEN = "order in which the project first saw them"
    UNKNOWN = "never seen by the project"


class Comparison(msgspec.Struct, frozen=True):
    """The verdict on two releases."""

    sign: int
    """1 when the left one is later, -1 when it is earlier, 0 when neither is."""
    rule: OrderRule


class _Release(msgspec.Struct, frozen=True):
    package: str
    semantic: semver.Version | None
    python: PythonVersion | None


def compare(left: str, right: str, first_seen: Mapping[str, int]) -> Comparison:
    """Say whether the left release is later than the right one.

    `package@` and a leading `v` are no part of a version; versions of two different packages say nothing about each
    other. Versions that differ in their build only are ordered by it when both builds are numbers.

    Args:
        left: a release as the client wrote it: `shop@1.2.3+45`, `v2.0`, `7f3a9c1`.
        right: the other one.
        first_seen: when the project first saw a release, microseconds; may lack some.

    """
    if left == right:
        return Comparison(0, OrderRule.SAME)
    a, b = _parse(left), _parse(right)
    if a.package == b.package or not a.package or not b.package:
        if a.semantic and b.semantic:
            sign = a.semantic.compare(b.semantic)
            if sign:
                return Comparison(sign, OrderRule.SEMVER)
            builds = a.semantic.build, b.semantic.build
            if builds[0] == builds[1]:
                return Comparison(0, OrderRule.SEMVER)
            if all(build and build.isdecimal() for build in builds):
                return Comparison(_sign(int(builds[0] or 0), int(builds[1] or 0)), OrderRule.BUILD)
        elif a.python and b.python:
            return Comparison(_sign(a.python, b.python), OrderRule.PEP440)
    if left in first_seen and right in first_seen:
        return Comparison(_sign(first_seen[left], first_seen[right]), OrderRule.FIRST_SEEN)
    return Comparison(0, OrderRule.UNKNOWN)


@lru_cache(maxsize=4096)
def _parse(release: str) -> _Release:
    package, _, version = release.rpartition("@")
    if version[:1] in {"v", "V"}:
        version = version[1:]
    # A version has a dot: a commit's hash such as 12a4567 would pass as a Python version (12 alpha 4567).
    if len(version) > _MAX_VERSION or "." not in version:
        return _Release(package, None, None)
    try:
        semantic = semver.Version.parse(version, optional_minor_and_patch=True)
    except ValueError:
        semantic = None
    try:
        python = PythonVersion(version)
    except InvalidVersion:
        python = None
    return _Release(package, semantic, python)


def _sign(left: int | PythonVersion, right: int | PythonVersion) -> int:
    return (left > right) - (left < right)  # type: ignore[operator]
