"""Words that vendors have for platforms and runtimes, in Sentry's."""

from collections.abc import Mapping
from itertools import chain

_PLATFORMS: Mapping[str, str] = {
    "browser": "javascript",
    "browserjs": "javascript",
    "webjs": "javascript",
    "node-js": "node",
    "node": "node",
    "nodejs": "node",
    "javascript": "javascript",
    "typescript": "javascript",
    "python": "python",
    "ruby": "ruby",
    "php": "php",
    "java": "java",
    "kotlin": "java",
    "android": "java",
    "golang": "go",
    "go": "go",
    "csharp": "csharp",
    "c#": "csharp",
    "dotnet": "csharp",
    ".net": "csharp",
    "elixir": "elixir",
    "cocoa": "cocoa",
    "swift": "swift",
    "rust": "rust",
    "cpp": "native",
    "c": "native",
}


def platform_of(*hints: str) -> str:
    """Give the platform by the first hint that names one, such as `python 3.11.2` or `Honeybadger for Python`."""
    words = chain.from_iterable(hint[:200].lower().replace("/", " ").split() for hint in hints)
    return next((_PLATFORMS[word] for word in words if word in _PLATFORMS), "other")


def runtime_of(language: str) -> dict[str, str]:
    """Give the runtime context of `python 3.11.2` or `Python/3.11.2`; empty where no version is named."""
    name, _, version = language.replace("/", " ", 1).partition(" ")
    return {"name": name, "version": version} if version else {}
