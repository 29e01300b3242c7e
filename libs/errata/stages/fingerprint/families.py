"""Platform families: platforms whose stack traces are written and cleaned alike.

Sentry's rules know three: javascript, native and other. Errata's are finer, and `other` in a rule is any but those two.
"""

_FAMILIES = {
    "javascript": ("javascript", "node", "bun", "deno"),
    "native": ("native", "c", "cocoa", "objc", "swift", "rust", "crystal", "zig", "nim"),
    "java": ("java", "kotlin", "scala", "groovy", "clojure", "android"),
    "csharp": ("csharp", "dotnet", "fsharp", "vb"),
    "python": ("python",),
    "php": ("php",),
    "ruby": ("ruby",),
    "go": ("go",),
}
_OF_SENTRY = frozenset({"javascript", "native"})
_BY_PLATFORM = {platform: family for family, platforms in _FAMILIES.items() for platform in platforms}


def family_of(platform: object) -> str:
    """Give the family of a platform; `other` for an unknown one, or none."""
    return _BY_PLATFORM.get(platform, "other") if isinstance(platform, str) else "other"


def is_of_family(family: str, wanted: frozenset[str]) -> bool:
    """Tell whether a rule that names these families means this one."""
    return family in wanted or "all" in wanted or ("other" in wanted and family not in _OF_SENTRY)
