"""Module, class and namespace names without the parts that compilers, proxy makers and bundlers generate."""

from errata.stages.fingerprint.patterns import rewriter

# Numbers and hashes that the JVM and its proxy makers put into class names; the maker's mark stays, for a call through
# a proxy is another path than a direct one.
_java_module = rewriter(
    # The class loader or module: app//shop.Cart, java.base@17.0.1/java.util.List.
    (r"^(?:app//|[a-z]+(?:\.[\w.]+)?(?:@[\w.+\-]+)?/)([a-z]+\.)", r"\1"),
    (r"^-\$\$Lambda\$([\w$]+?)\$[\w\-]+$", r"\1$$Lambda"),  # D8 before 2020
    (r"\$\$Lambda(?:\$\d+)?(?:/(?:0x)?[0-9a-f]+)?.*$", "$$Lambda"),
    (r"\$\$ExternalSyntheticLambda\d+", "$$Lambda"),  # D8
    (r"(\$\$(?:EnhancerBy|FastClassBy|KeyFactoryBy)\w+?\$\$)[0-9a-f]{4,}", r"\1<auto>"),
    (r"(\$\$SpringCGLIB\$\$)\d+", r"\1<auto>"),
    (r"(_\$\$_jvst|_\$\$_javassist)(?:_seam)?_?[0-9a-f]+(?:_[0-9a-f]+)?", r"\1<auto>"),
    (r"(Generated(?:Serialization)?(?:Method|Constructor)Accessor|\$Proxy|\$\$\$view)\d+", r"\1<auto>"),
    (r"^jdk\.proxy\d+\.", "jdk.proxy<auto>."),
    (r"(\$(?:HibernateProxy|HibernateBasicProxy|ByteBuddy|MockitoMock|auxiliary))\$\w+", r"\1$<auto>"),
    (r"(__|\$eval)\d+(?:__auto__)?", r"\1<auto>"),  # Clojure: core$fn__12345, user$eval77
    (r"^([sS]cript|(?:Simple|GString|Streaming)TemplateScript)\d+", r"\1<auto>"),  # Groovy
    (r"(_closure)\d+", r"\1<auto>"),
    (r"/(?:0x)?[0-9a-f]{6,}$", ""),  # a hidden class
    (r"(\$\$anonfun\$\w+?)\$\d+", r"\1$<auto>"),  # Scala
    (r"(?:\$\d+)+(\$|$)", r"$<auto>\1"),  # anonymous classes are counted: Cart$1, Cart$pay$1
    (r"\$\d+([A-Z])", r"$\1"),  # local ones, too: Cart$1Total
)
_csharp_module = rewriter(
    (r"\[.*\]", ""),  # the arguments of a closed generic type: A.B`1[[X, Version=1.0.0.0]]
    (r"\+?<>c(?:__DisplayClass[\d_]+)?(?:`\d+)?", ""),
    (r"\+?_Closure\$__[\d\-]*", ""),  # Visual Basic
    (r"VB\$StateMachine_\d+_(\w+)", r"\1"),
    # State machines of async methods.
    (r"\+<+(\w+)>(?:[bdg]__\w*(?:\|[\d_]+)?|c__\w+)?(?:>d)?(?:__\d+)?(?:`\d+)?", r"+\1"),
    (r"<>f__AnonymousType\d+", "AnonymousType"),
    (r"(\.DynamicProxies\.\w+?)_[0-9A-F]{32,}", r"\1"),  # Entity Framework
    (r"^(Castle\.Proxies\.\w+?Proxy)_\d+", r"\1"),
)
_php_module = rewriter((r"(@anonymous).*$", r"\1"))
_go_module = rewriter((r"^.*/vendor/", ""), (r"%2e", "."))
_javascript_module = rewriter(
    (r"[?#].*$", ""),
    (r"[.\-_][0-9a-f]{8,40}\b", ""),
    (r"(/|^)[0-9a-f]{8,40}(/)", r"\1<hash>\2"),
    (r"(@|[\-_/])v?\d+\.\d+(?:\.\d+)*", r"\1<version>"),
)
_BY_FAMILY = {
    "java": _java_module,
    "csharp": _csharp_module,
    "php": _php_module,
    "javascript": _javascript_module,
    "go": _go_module,
}


def clean_module(module: str, family: str) -> str:
    """Give a module, class or namespace without generated parts."""
    rewrite = _BY_FAMILY.get(family)
    return rewrite(module) if rewrite else module
