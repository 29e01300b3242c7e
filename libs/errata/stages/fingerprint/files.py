"""File and module names without hosts, directories, versions, hashes and generated parts.

A file is known by its last name alone: deploy directories, hosts, drive letters and package stores change, and the
module or function beside it tells files of one name apart.
"""

from errata.stages.fingerprint.patterns import compiled, rewriter

_file = rewriter(
    (r"[?#].*$", ""),
    (r"^.*[/\\]", ""),
    # main.3f2a1b9c.js, chunk-4JHZ2KQX.js, vendors~app-0a1b2c3d4e.min.js: at least one digit, so that words stay
    (r"[.\-_~]([0-9a-f]{6,40}|[0-9A-Z]{8}|[0-9]+)([.\-_~]|$)", r"\2"),
    (r"[.\-@_]v?\d+(?:\.\d+)+(?:[.\-]?(?:rc|beta|alpha|pre|dev)\.?\d*)?", ""),  # jquery-3.6.0.js, libfoo.so.1.2.3
    (r"\b[0-9a-f]{16,64}\b", "<hash>"),  # compiled templates
    (r"\.(?:min|bundle|chunk|prod|development|production)(\.)", r"\1"),
    (r"\d{4,}", "<n>"),
)
_STARTS_WITH_WORD = compiled(r"^[.\-_~]")

# Numbers and hashes that the JVM and its proxy makers put into class names; the maker's mark stays, for a call through
# a proxy is another path than a direct one.
_java_module = rewriter(
    (r"\$\$Lambda(?:\$\d+)?(?:/(?:0x)?[0-9a-f]+)?.*$", "$$Lambda"),
    (r"(\$\$(?:EnhancerBy|FastClassBy|KeyFactoryBy)\w+?(?:CGLIB|Cglib|cglib)?\$\$)[0-9a-f]{4,}", r"\1<auto>"),
    (r"(\$\$SpringCGLIB\$\$)\d+", r"\1<auto>"),
    (r"(_\$\$_jvst|_\$\$_javassist)(?:_seam)?_?[0-9a-f]+(?:_\d+|_[0-9a-f]+)?", r"\1<auto>"),
    (r"((?:Generated(?:Serialization)?(?:Method|Constructor)Accessor)|\$Proxy)\d+", r"\1<auto>"),
    (r"(\$(?:HibernateProxy|HibernateBasicProxy|ByteBuddy|MockitoMock|auxiliary|Subclass\d*))\$\w+", r"\1$<auto>"),
    (r"\$\$ExternalSyntheticLambda\d+", "$$Lambda"),  # D8
    (r"-\$\$Lambda\$([\w$]+?)\$[\w\-]+$", r"$\1$$Lambda"),
    (r"(__|\$)(?:\d{3,})(?:__auto__)?", r"\1<auto>"),  # Clojure: core$fn__12345
    (r"^(?:script|Script)\d{6,}", "Script<auto>"),  # Groovy
)
_csharp_module = rewriter(
    (r"\+?<>c(?:__DisplayClass[\d_]+)?", ""),
    (r"\+<(\w+)>d__\d+(?:`\d+)?", r"+\1"),  # the state machine of an async method or iterator
    (r"<>f__AnonymousType\d+", "AnonymousType"),
)
_php_module = rewriter((r"class@anonymous.*$", "class@anonymous"))
_javascript_module = rewriter(
    (r"[?#].*$", ""),
    (r"[.\-_]([0-9a-f]{8,40})\b", ""),
    (r"(/|^)[0-9a-f]{8,40}(/)", r"\1<hash>\2"),
    (r"(@|[\-_/])v?\d+\.\d+(?:\.\d+)*", r"\1<version>"),
)
_BY_FAMILY = {"java": _java_module, "csharp": _csharp_module, "php": _php_module, "javascript": _javascript_module}


def clean_file(filename: str) -> str:
    """Give the last part of a path or URL, lower case, without version, build hash and `min`."""
    name = _file(filename)
    return (_STARTS_WITH_WORD.sub("", name) or name).lower()


def clean_module(module: str, family: str) -> str:
    """Give a module, class or namespace without generated parts."""
    rewrite = _BY_FAMILY.get(family)
    return rewrite(module) if rewrite else module
