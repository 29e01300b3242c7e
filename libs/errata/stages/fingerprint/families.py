"""Platform families: platforms whose stack traces are written and cleaned alike."""

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
_BY_PLATFORM = {platform: family for family, platforms in _FAMILIES.items() for platform in platforms}


def family_of(platform: object) -> str:
    """Give the family of a platform; `other` for an unknown one, or none."""
    return _BY_PLATFORM.get(platform, "other") if isinstance(platform, str) else "other"
