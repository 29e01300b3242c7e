"""Native function names (C, C++, Rust, Swift, Objective-C) reduced to what the source says.

`void ns::Foo<int>::bar<char>(int) const [clone .isra.0]` becomes `ns::Foo<T>::bar<T>`: the return type, parameters
and qualifiers vary with the symbol's demangler, template arguments with the caller, suffixes with the optimizer.
"""

from errata.stages.fingerprint.patterns import rewriter

_NAMES_OF_NOTHING = frozenset({"<unknown>", "<redacted>", "???", "??", "unknown", "<unknown symbol>"})

_suffixes = rewriter(
    (r"::h[0-9a-f]{16}$", ""),  # Rust's hash of a symbol
    (r" ?\[clone [^\]]*\]", ""),
    (r"(?:\.(?:isra|part|constprop|cold|lto_priv|llvm|localalias|resume|destroy)(?:\.\d+)*)+$", ""),
    (r"@@?(?:GLIBC|GCC|CXXABI|GLIBCXX)[\w.]*$", ""),
)
_names = rewriter(
    (r"`anonymous[ -]namespace'|\{anonymous\}|_GLOBAL__N_\d+|_anonymous_namespace_", "(anonymous namespace)"),
    (r"<lambda_[0-9a-f]+>|\{lambda\([^{}]*\)#\d+\}|\$_\d+|__lambda_?\d+|'lambda\d*'", "<lambda>"),
    (r"_block_invoke(?:_\d+)?$", "_block_invoke"),
    (r"\b(closure|implicit closure|initialization expression) #\d+", r"\1"),
    (r"^(?:(?:specialized|partial apply for|merged|outlined|reabstraction thunk helper for|thunk for) )+", ""),
    (r"^(?:static|virtual|public|private|protected|inline) ", ""),
    (r"\{impl#\d+\}", "{impl}"),
    (r"\{closure#\d+\}|\{\{closure\}\}", "{{closure}}"),
    (r"(?:::\{\{closure\}\}){2,}", "::{{closure}}"),
    (r"_INTERNAL[0-9a-f]{8}", "_INTERNAL"),
)


def clean_native(function: str) -> str:
    """Give the qualified name without types, hashes and generated parts; empty when the symbol is unknown."""
    name = function.strip()
    if name in _NAMES_OF_NOTHING:
        return ""
    if name[:2] in ("-[", "+["):  # Objective-C: already nothing but class and selector
        return name
    name = _suffixes(name)
    name = _names(name)
    if name.startswith("<"):  # Rust: <Type as Trait>::method; the brackets are the name
        return _without_parameters(name)
    return _after_return_type(_without_arguments(_without_parameters(name)))


def _without_parameters(name: str) -> str:
    """Cut the last top-level parameter list and what follows; `(anonymous namespace)` and `operator()` are names."""
    depth = 0
    for at, char in enumerate(name):
        if char == "<":
            depth += 1
        elif char == ">" and name[at - 1 : at] != "-":
            depth -= 1
        elif char == "(" and depth <= 0 and at:
            if name.startswith("(anonymous namespace)", at) or name.endswith("operator", 0, at):
                continue
            return name[:at].rstrip()
    return name


def _without_arguments(name: str) -> str:
    """Replace what stands between angle brackets by `T`; operators such as `<<` and `->` are no brackets."""
    if "<" not in name or "operator<" in name or "operator>" in name or "operator->" in name:
        return name
    out: list[str] = []
    depth = 0
    for at, char in enumerate(name):
        if char == "<":
            if not depth:
                out.append("<lambda>" if name.startswith("<lambda>", at) else "<T>")
            depth += 1
        elif char == ">":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(char)
    return "".join(out)


def _after_return_type(name: str) -> str:
    """Cut `void ` or `std::vector<T> ` before the name; Swift's `closure in f` and operators hold spaces themselves."""
    if " " not in name or "operator" in name or "(anonymous namespace)" in name or " in " in name:
        return name
    return name.rpartition(" ")[2].lstrip("*&") or name
