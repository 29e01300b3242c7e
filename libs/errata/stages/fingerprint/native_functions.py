"""Native function names (C, C++, Rust, Swift, Objective-C) reduced to what the source says.

`void ns::Foo<int>::bar<char>(int) const [clone .isra.0]` becomes `ns::Foo<T>::bar<T>`; so does its mangled form. The
return type, parameters and qualifiers vary with the symbol's demangler, template arguments with the caller, suffixes
with the optimizer.
"""

from errata.stages.demangle import demangled
from errata.stages.fingerprint.patterns import compiled, rewriter

_NAMES_OF_NOTHING = frozenset(
    {"<unknown>", "<redacted>", "???", "??", "unknown", "<unknown symbol>", "<compiler-generated>"}
)
_ADDRESS_ONLY = compiled(
    r"(?:(?:sub_|loc_|FUN_|0x)[0-9a-fA-F]+|__lldb_unnamed_symbol\d+|OUTLINED_FUNCTION_\d+|__hidden#\d+_)(?: \+ \d+)?"
)

_suffixes = rewriter(
    (r"(?: ?\+ ?(?:0x[0-9a-fA-F]+|\d+))$", ""),  # where in the function
    (r"::h[0-9a-f]{16}$", ""),  # Rust's hash of a symbol
    (r" ?\[clone [^\]]*\]", ""),
    (r"(?:\.(?:isra|part|constprop|cold|lto_priv|llvm|localalias|resume|destroy|\d+))+$", ""),
    (r"@@?(?:GLIBC|GCC|CXXABI|GLIBCXX)[\w.]*$", ""),
    (r"\[abi:\w+\]", ""),
    (r"^[_@](\w+)@\d+$", r"\1"),  # 32-bit Windows: the size of the arguments
)
_names = rewriter(
    (r"\bstd::__(?:1|cxx11|ndk1|Cr)::", "std::"),  # one library's names on Apple, GNU, Android, Chromium
    (r"`anonymous[ -]namespace'|\(anonymous namespace\)|_GLOBAL__N_\d+|_anonymous_namespace_", "{anonymous}"),
    (r"<lambda_[0-9a-f]+>|\{lambda\([^{}]*\)#\d+\}|\$_\d+|__lambda_?\d+|'lambda\d*'|<lambda\(.*?\)>", "{lambda}"),
    (r"^__\d+([-+]\[)", r"\1"),
    (r"_block_invoke(?:_\d+)?$", "_block_invoke"),
    (r"\b(closure|implicit closure|initialization expression) #\d+", r"\1"),
    (r"^(?:\(\d+\) (?:await|suspend) resume partial function for |invocation function for block in )", ""),
    (r"^`(.*)'::`\d+'::(?:catch|dtor|fin|filt)\$\d+$", r"\1"),  # a handler or cleanup within a function
    (r"^(?:(?:specialized|partial apply for|merged|outlined|@objc|@nonobjc) )+", ""),
    (r"^(?:non-virtual|virtual|covariant return|reabstraction) thunk (?:helper )?(?:to|for|from) ", ""),
    (r"^(?:(?:static|virtual|public|private|protected|inline|decltype\([^()]*\)|decltype\(auto\)) )+", ""),
    (r"\{impl#\d+\}", "{impl}"),
    (r"\{closure#\d+\}|\{\{closure\}\}|\{\{closure\}\}", "{{closure}}"),
    (r"(?:::\{\{closure\}\}){2,}", "::{{closure}}"),
    (r"_INTERNAL[0-9a-f]{8}", "_INTERNAL"),
)
_OPERATOR = compiled(
    r"\boperator ?(?:\(\)|\[\]|->\*?|[<>=!+\-*/%^&|~,]+|(?:new|delete)(?:\[\])?|[\w:]+(?:<[^<>]*>)?[ *&]*)"
)


def clean_native(function: str) -> str:
    """Give the qualified name without types, hashes and generated parts; empty when the symbol is unknown."""
    name = function.strip()
    if name in _NAMES_OF_NOTHING or _ADDRESS_ONLY.fullmatch(name):
        return ""
    name = _names(_suffixes(demangled(name)))
    if name.startswith(("-[", "+[")):  # Objective-C: nothing to cut
        return name
    if name.startswith(("<", "_<")):
        return _rust_method(name)
    outer, inside, name = name.rpartition(" in ")  # Swift: closure #2 (Int) in closure #1 in Foo.bar() -> String
    operator = _OPERATOR.search(name)
    if operator:
        name = _bare(name[: operator.start()]) + operator.group().rstrip() + _bare(name[operator.end() :])
    else:
        name = _bare(name)
    return f"closure in {name}" if inside and outer.startswith(("closure", "implicit closure")) else name


def _rust_method(name: str) -> str:
    """Turn `<Type as Trait>::method` into `Type::method`; the trait stands in where the type is a bare parameter."""
    depth = 0
    end = trait = len(name)
    for at, char in enumerate(name):
        if char == "<":
            depth += 1
        elif char == ">" and name[at - 1] != "-":
            depth -= 1
            if not depth:
                end = at
                break
        elif depth == 1 and name.startswith(" as ", at):
            trait = at
    start = name.index("<") + 1
    kind, after = _bare(name[start : min(trait, end)]), _bare(name[end + 1 :])
    if trait < end and "::" not in kind:
        kind = _bare(name[trait + 4 : end])
    return kind + after


def _bare(name: str) -> str:
    """Take out parameter lists with the qualifiers after them, template arguments, and the return type before.

    One pass: text within parentheses is dropped, and what follows until the next `::` too; text within angle brackets
    becomes `T`; at a space outside of both, what came before was a type.
    """
    out: list[str] = []
    round_depth = angle_depth = 0
    skipping = False
    for at, char in enumerate(name):
        if char == "(":
            round_depth += 1
        elif char == ")":
            round_depth = max(0, round_depth - 1)
            skipping = True
        elif round_depth:
            continue
        elif char == "<":
            angle_depth += 1
            if angle_depth == 1 and not skipping:
                out.append("<T>")
        elif char == ">" and angle_depth:
            angle_depth -= 1
        elif angle_depth:
            continue
        elif skipping:
            if name.startswith("::", at):
                skipping = False
                out.append(char)
        elif char == " ":
            if name[at + 1 : at + 2] not in ("", "("):
                out.clear()
        elif char not in "*&" or out:
            out.append(char)
    return "".join(out)
