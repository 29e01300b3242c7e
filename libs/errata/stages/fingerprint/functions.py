"""Function names without what a compiler, a runtime or a browser put into them.

What is left names the code that somebody wrote: the same after a rebuild, in another browser, in another version of
the runtime. Cleaning never invents a name; a name that says nothing (`<anonymous>`) becomes the empty string.
"""

from collections.abc import Callable

from errata.stages.fingerprint.native_functions import clean_native
from errata.stages.fingerprint.patterns import compiled, rewriter

Rewrite = Callable[[str], str]

# -- browsers and node -------------------------------------------------------------------------------------------------
# Chrome says `Foo.bar`, `new Foo`, `Object.bar [as baz]`, `Foo.get bar`; Firefox `Foo/bar/<`, `async*bar`; Safari
# `bar`, `global code`; old Edge `Foo.prototype.bar`, `Anonymous function`. Only the last name is common to all of them.
_javascript = rewriter(
    (r"^(?:[\w. ]{1,40}\*)+", ""),  # Firefox tells who scheduled a call: `setTimeout handler*bar`
    (r" \[as [^\]]*\]$", ""),
    (r"^(?:Module|Object)\.\./.*$|^\.{0,2}/.*\.[cm]?[jt]sx?$", ""),  # webpack names a module's code after its file
    (r"^(?:Anonymous function|anonymous|<anonymous>|\?|<unknown>|(?:global|module|eval|Function) code)$", ""),
    (r"^.*(?:<|<anonymous>)$", ""),  # Firefox: `test/<` is an anonymous function in `test`
    (r"<(?:static_initializer|instance_members_initializer)>$", ""),
    (r"^.*[./]", ""),
    (r"^\?anon_\d+_", ""),  # Hermes
    (r"^_callee\d*\$$", ""),  # what Babel makes of an anonymous async function
    (r"^(?:(?:async|new|get|set|static) )+", ""),
    (r"^(?:anonymous|async)$", ""),
)

# -- JVM ---------------------------------------------------------------------------------------------------------------
_java = rewriter(
    (r"^lambda\$(.+?)\$\d+(?:\$.*)?$", r"lambda$\1"),  # javac and D8: lambda$handle$3, lambda$handle$3$com-example-Main
    (r"\$lambda[$\-]\d+(?:\$com-\w+)?", "$lambda"),  # Kotlin: onCreate$lambda$2, onCreate$lambda-2
    (r"\$\$?anonfun\$(\w*?)\$?\d+(?:\$adapted)?$", r"$anonfun$\1"),  # Scala
    (r"\$mc[A-Z]+\$sp$", ""),  # Scala's variant of one function for primitive types
    (r"^access\$\d+$", "access$"),  # javac's bridges to private members
    (r"^(this|super)\$\d+\$", r"\1$"),  # Groovy's
    (r"\$(?:default|suspendImpl)$", ""),  # Kotlin's variants of one function
    (r"(__|^eval)\d+(?:__auto__)?", r"\1"),  # Clojure: fn__12345, eval77
    (r"-[A-Za-z0-9_]{7}(?:\$|$)", ""),  # Kotlin's mangling of value classes: area-2p3oiAQ
    (r"^CGLIB\$(\w+)\$\d+$", r"CGLIB$\1"),
    (r"\$(?:accessor|original)\$\w+$", "$accessor"),  # ByteBuddy
    (r"_aroundBody\d+(?:\$\w+)?$", "_aroundBody"),  # AspectJ
    (r"\$\d+$", ""),  # a function within a function, counted: Scala
)

# -- .NET --------------------------------------------------------------------------------------------------------------
_csharp = rewriter(
    (r"^\(wrapper [\w\-]+\) ", ""),  # Mono
    (r" ?\(.*$| \[0x[0-9a-f]+\].*$", ""),  # the parameter list, and where Mono is in it
    (r"^.*<([^<>]+)>[bg]__(\w*?)\|?[\d_]*$", r"\1.\2"),  # lambdas and local functions: <Main>b__0_1, <Main>g__Parse|3_0
    (r"\.$", ".lambda"),
    (r"^.*<(\w+)>d__\d+(?:`\d+)?(?:\.MoveNext)?$", r"\1"),  # the state machine of an async method
    (r"_Lambda\$__[\d\-]+$", "_Lambda"),  # Visual Basic
    (r"^lambda_method\d+$", "lambda_method"),
    (r"@\d+(?:-\d+)?", "@"),  # F#: a closure with its line, clo@12-3
    (r"\[\[?[^\]]*\]?\]$", ""),  # generic arguments
)

_ruby = rewriter(
    (r"^(?:(?:block|rescue|ensure)(?: \(\d+ levels\))? in )+", ""),
    (r"^.*[#.]", ""),  # Ruby 3.4 names the class: Foo#bar, Foo.bar
    (r"_{2,3}-?\d+_-?\d+$", ""),  # compiled views: _app_views_users_index_html_erb___4203_70
)

_php = rewriter(
    (r"@anonymous.*?(::|->|$)", r"@anonymous\1"),  # behind it the file, the line, a count
    (r"(?:[\w\\]*\\)?\{closure(?::[^}]*)?\}", "{closure}"),  # with its namespace; since PHP 8.4 with its place
    (r"->", "::"),
    (r"__TwigTemplate_[0-9a-f]{16,}", "__TwigTemplate_<hash>"),
    (r"\bcontent_[0-9a-f]{10,}(?:_\d+)?", "content_<hash>"),  # Smarty
)

_go = rewriter(
    (r"(?:\.(?:func|gowrap|deferwrap)\d+(?:[.\-]\d+)*|·dwrap·\d+)+$", ".func"),
    (r"^init\.\d+$|\.init\.\d+$|^glob\.", "init"),
    (r"-fm$", ""),  # a method value
    (r"\[(?:\.\.\.|[^\]]*)\]", ""),  # type arguments
)

_other = rewriter(
    (r"^anonymous fn/\d+ in |^-|/\d+-fun-\d+-$", ""),  # Elixir, Erlang
    (r"<anonymous closure[^>]*>", "<fn>"),  # Dart
    (r"__ANON__\[.*\]", "__ANON__"),  # Perl
    (r"^function <(.*):\d+>$", r"function <\1>"),  # Lua
)

# The qualified name that Python 3.11 knows (`Cart.pay`, `pay.<locals>.retry`) as its last part, which all clients send.
_python = rewriter((r"^.*\.", ""))

_ADDRESS = compiled(r"\b0x[0-9a-fA-F]{4,}\b")

_BY_FAMILY: dict[str, Rewrite] = {
    "javascript": _javascript,
    "java": _java,
    "csharp": _csharp,
    "ruby": _ruby,
    "php": _php,
    "go": _go,
    "python": _python,
    "native": clean_native,
    "other": _other,
}


def clean_function(function: str, family: str) -> str:
    """Give the name that somebody wrote, or an empty string when there is none."""
    cleaned = _BY_FAMILY[family](function)
    if "0x" in cleaned:
        cleaned = _ADDRESS.sub("<address>", cleaned)
    return cleaned.strip()
