"""File names without hosts, directories, versions, hashes and generated parts.

A file is known by its last name alone: deploy directories, hosts, drive letters and package stores change, and the
module or function beside it tells files of one name apart.
"""

from typing import Any

from errata.stages.fingerprint.patterns import compiled, rewriter

# Bundlers end a file's name with eight characters of its content's hash, which may be a word by chance; where they put
# files it is sure to be one: Vite, SvelteKit, Nuxt, Astro, Remix.
_bundled = rewriter(
    (r"(/(?:assets|immutable|_nuxt|_astro|build)/(?:[^?#]*/)?[^/?#]+)[.\-][\w\-]{8}(\.m?js)(?:[?#].*)?$", r"\1\2"),
    (r"/_nuxt/[\w\-]{8}(\.m?js)(?:[?#].*)?$", r"/<hash>\1"),
)
_last_name = rewriter(
    (r"[?#].*$", ""),
    (r"\(\d+\) : (?:eval\(\)'d code|runtime-created function)", ""),  # PHP
    (r"^.*[/\\]", ""),
    (r"(?:\.cpython-\d+)?\.py[co]$", ".py"),
    (r"[.\-@_]v?\d+(?:\.\d+)+(?:[.\-]?(?:rc|beta|alpha|pre|dev)\.?\d*)?", ""),  # jquery-3.6.0.js, libfoo.so.1.2.3
)
_rest = rewriter(
    (r"\.(?:min|bundle|chunk|prod|development|production)(\.)", r"\1"),
    (r"\b[0-9a-f]{16,64}\b", "<hash>"),  # compiled templates
    (r"^\d+(\.)|\d{4,}", r"<n>\1"),
    (r"^(?:index(?:\.(?:android|ios))?|main)\.(?:bundle|jsbundle)$", "index.bundle"),  # React Native, by system
)
_TOKEN = compiled(r"[.\-_~][0-9A-Za-z]+")
_WIDE_TOKEN = compiled(r"[.\-~][0-9A-Za-z_]{8}\b")
_UNSPEAKABLE = compiled(r"[bcdfghjklmnpqrstvwxz]{6}|^[^aeiouy]+$")


def clean_file(filename: str) -> str:
    """Give the last part of a path or URL, lower case, without version, build hash and `min`."""
    name = _last_name(_bundled(filename) if "/" in filename else filename)
    name = _WIDE_TOKEN.sub(_unless_hash, name)
    name = _TOKEN.sub(_unless_hash, name)
    return _rest(name).lower()


def _unless_hash(found: Any) -> str:
    token: str = found.group()
    return "" if _is_hash(token[1:]) else token


def _is_hash(token: str) -> bool:
    """Tell a bundler's content hash or chunk number from a word.

    Hexadecimal of six and more with a digit (webpack, `3f2a1b9c`); eight of base 32 (esbuild, `4JHZ2KQX`) or base 64
    (Vite, `BtM5VmRH`), told from `UserList` by a digit, a third capital beside small letters, or no vowels.
    """
    if token.isdecimal():
        return True
    digits = any(char.isdigit() for char in token)
    if digits and len(token) >= 6 and all(char in "0123456789abcdef" for char in token):
        return True
    if len(token) != 8:
        return False
    if token.islower() and token.isalpha():
        return bool(_UNSPEAKABLE.search(token))
    capitals = sum(char.isupper() for char in token)
    small = sum(char.islower() for char in token)
    return (digits and capitals > 0 and (small == 0 or capitals + small < 8)) or (capitals > 2 and small > 2)
