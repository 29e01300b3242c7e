"""Names of native functions as their source has them, from what a compiler made of them for the linker."""

from multi_demangle import DemangleOptions, demangle_symbol

LONGEST = 1_024
"""Characters of a name that is read; a longer one stays as it is. Real ones of templates are longer at times."""

_LONGEST_RESULT = 4_096
"""A name can be made to mean one that doubles with each few characters. The library stops most of them earlier."""

_MANGLED = ("_Z", "__Z", "___Z", "_R", "__R", "$s", "$S", "_$s", "_$S", "_T0", "__T0", "?", "kfun:")
"""How C++ (Itanium, Microsoft), Rust, Swift and Kotlin/Native begin; many plain names begin so, too, and stay."""

_NAME_ONLY = DemangleOptions.name_only()


def demangled(name: str) -> str:
    """Give `shop::Cart::pay` for `_ZN4shop4Cart3payEi`, without types; the name itself when it is no mangled one."""
    if not name.startswith(_MANGLED) or len(name) > LONGEST:
        return name
    found: str = demangle_symbol(name, _NAME_ONLY)
    return found if len(found) <= _LONGEST_RESULT else name
