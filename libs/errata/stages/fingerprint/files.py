"""File and module names without hosts, directories, versions, hashes and generated parts.

A file is known by its last name alone: deploy directories, hosts, drive letters and package stores change, and the
module or function beside it tells files of one name apart.
"""

from typing import Any

from errata.stages.fingerprint.patterns import compiled, rewriter

_last_name = rewriter(
    (r"[?#].*$", ""),
    (r"^.*[/\\]", ""),
    (r"[.\-@_]v?\d+(?:\.\d+)+(?:[.\-]?(?:rc|beta|alpha|pre|dev)\.?\d*)?", ""),  # jquery-3.6.0.js, libfoo.so.1.2.3
)
_rest = rewriter(
    (r"\.(?:min|bundle|chunk|prod|development|production)(\.)", r"\1"),
    (r"\b[0-9a-f]{16,64}\b", "<hash>"),  # compiled templates
    (r"^\d+(\.)|\d{4,}", r"<n>\1"),
)
_TOKEN = compiled(r"[.\-_~][0-9A-Za-z]+")
_WIDE_TOKEN = compiled(r"[.\-~][0-9A-Za-z_]{8}\b")

# Numbers and hashes that the JVM and its proxy makers put into class names; the maker's mark stays, for a call through
# a proxy is another path than a direct one.
_java_module = rewriter(
    (r"^-\$\$Lambda\$([\w$]+?)\$[\w\-]+$", r"\1$$Lambda"),  # D8 before 2020
    (r"\$\$Lambda(?:\$\d+)?(?:/(?:0x)?[0-9a-f]+)?.*$", "$$Lambda"),
    (r"\$\$ExternalSyntheticLambda\d+", "$$Lambda"),  # D8
    (r"(\$\$(?:EnhancerBy|FastClassBy|KeyFactoryBy)\w+?\$\$)[0-9a-f]{4,}", r"\1<auto>"),
    (r"(\$\$SpringCGLIB\$\$)\d+", r"\1<auto>"),
    (r"(_\$\$_jvst|_\$\$_javassist)(?:_seam)?_?[0-9a-f]+(?:_[0-9a-f]+)?", r"\1<auto>"),
    (r"(Generated(?:Serialization)?(?:Method|Constructor)Accessor|\$Proxy)\d+", r"\1<auto>"),
    (r"(\$(?:HibernateProxy|HibernateBasicProxy|ByteBuddy|MockitoMock|auxiliary))\$\w+", r"\1$<auto>"),
    (r"(__|\$eval)\d+(?:__auto__)?", r"\1<auto>"),  # Clojure: core$fn__12345, user$eval77
    (r"^([sS]cript)\d{6,}", r"\1<auto>"),  # Groovy
)
_csharp_module = rewriter(
    (r"\+?<>c(?:__DisplayClass[\d_]+)?", ""),
    (r"\+<+(\w+)>(?:[bdg]__\w*(?:\|[\d_]+)?)?(?:>d)?(?:__\d+)?(?:`\d+)?", r"+\1"),  # state machines of async methods
    (r"<>f__AnonymousType\d+", "AnonymousType"),
)
_php_module = rewriter((r"class@anonymous.*$", "class@anonymous"))
_javascript_module = rewriter(
    (r"[?#].*$", ""),
    (r"[.\-_][0-9a-f]{8,40}\b", ""),
    (r"(/|^)[0-9a-f]{8,40}(/)", r"\1<hash>\2"),
    (r"(@|[\-_/])v?\d+\.\d+(?:\.\d+)*", r"\1<version>"),
)
_BY_FAMILY = {"java": _java_module, "csharp": _csharp_module, "php": _php_module, "javascript": _javascript_module}


def clean_file(filename: str) -> str:
    """Give the last part of a path or URL, lower case, without version, build hash and `min`."""
    name = _last_name(filename)
    name = _WIDE_TOKEN.sub(_unless_hash, name)
    name = _TOKEN.sub(_unless_hash, name)
    return _rest(name).lower()


def clean_module(module: str, family: str) -> str:
    """Give a module, class or namespace without generated parts."""
    rewrite = _BY_FAMILY.get(family)
    return rewrite(module) if rewrite else module


def _unless_hash(found: Any) -> str:
    token: str = found.group()
    return "" if _is_hash(token[1:]) else token


def _is_hash(token: str) -> bool:
    """Tell a bundler's content hash or chunk number from a word.

    Hexadecimal of six and more with a digit (webpack, `3f2a1b9c`); eight of base 32 (esbuild, `4JHZ2KQX`) or base 64
    (Vite, `BtM5VmRH`), told from `UserList` by a digit or a third capital beside small letters.
    """
    if token.isdecimal():
        return True
    digits = any(char.isdigit() for char in token)
    if digits and len(token) >= 6 and all(char in "0123456789abcdef" for char in token):
        return True
    if len(token) != 8:
        return False
    capitals = sum(char.isupper() for char in token)
    small = sum(char.islower() for char in token)
    return (digits and capitals > 0 and (small == 0 or capitals + small < 8)) or (capitals > 2 and small > 2)
