"""Which fields of an event are what they are: names of code and machines, never a person's.

Key names and people's data are not looked for in them, since a function called `reset_password` is no password and a
module's version 2.1.0.0 no address. Secrets that show by their own form are, everywhere: URLs with passwords do stand
in file names.
"""

from collections.abc import Sequence

CODE_OF_EVENT = frozenset(
    "sdk debug_meta modules release dist platform level environment type event_id timestamp received start_timestamp "
    "version fingerprint grouping_config errata _meta _metrics project key_id".split()
)
CODE_OF_FRAME = frozenset(
    "function raw_function filename abs_path module package symbol symbol_addr image_addr instruction_addr addr_mode "
    "lang platform lineno colno in_app stack_start lock source_link data trust".split()
)
STACKS = frozenset(("exception", "threads", "stacktrace"))
"""Fields of an event that hold the largest part of most."""
_EXCEPTION = frozenset(("type", "module", "thread_id"))
_IDS = frozenset("trace_id span_id parent_span_id event_id debug_id profile_id replay_id segment_id".split())
_ID_CHARACTERS = frozenset("0123456789abcdefABCDEF-")

_SOURCE = frozenset(("context_line", "pre_context", "post_context"))
_BAGS = ("vars", "data")
_HOSTED = ("addr", "host", "client", "peer", "remote", "server", "ip_", "_ip", "ip-", "-ip")
_VERSIONED = ("version", "build", "release", "revision", "kernel", "firmware")

ADDRESS_FIELDS: tuple[tuple[str, ...], ...] = (
    ("user", "ip_address"),
    ("request", "env", "REMOTE_ADDR"),
    ("sdk", "client_ip"),
)
"""Fields that exist to hold the user's address: a setting of their own decides on them, not the search in texts."""


def is_protected(path: Sequence[str | int]) -> bool:
    """Say whether the value at a path names code, a machine or a version."""
    if path[0] in CODE_OF_EVENT:
        return True
    last = path[-1]
    if len(path) > 2 and path[-3] == "frames":
        return last in CODE_OF_FRAME
    if path[0] in ("exception", "threads"):
        return (len(path) == 4 and last in _EXCEPTION) or (len(path) == 5 and path[3] == "mechanism" and last == "type")
    return path[0] == "logentry" and len(path) == 1


def is_schema(path: Sequence[str | int]) -> bool:
    """Say whether a path's last key is the event schema's own, whatever a project calls sensitive."""
    return len(path) == 1 or path[0] == "logentry" or path[-1] == "values" or is_protected(path)


def is_source_line(path: Sequence[str | int]) -> bool:
    """Say whether the value is a line of source code, where `token = get()` assigns no secret."""
    return path[-1] in _SOURCE or (len(path) > 1 and path[-2] in _SOURCE)


def is_in_bag(path: Sequence[str | int]) -> bool:
    """Say whether the value stands in an object that may go whole: a frame's variables, a breadcrumb's data."""
    return len(path) > 2 and path[-2] in _BAGS


def is_cookie(path: Sequence[str | int]) -> bool:
    """Say whether the value is a cookie's: of a request or a response, as pairs or by name."""
    return "cookies" in path[-3:-1]


def own_key(path: Sequence[str | int]) -> str:
    """Give the name a value goes by, in lower case: the last key on its path that is no list position."""
    return next((step.lower() for step in reversed(path) if isinstance(step, str)), "")


def is_version(path: Sequence[str | int]) -> bool:
    """Say whether the value's key says that it holds a version."""
    key = own_key(path)
    return any(word in key for word in _VERSIONED)


def is_host(path: Sequence[str | int]) -> bool:
    """Say whether the value's key says that it holds a machine's address."""
    key = own_key(path)
    return key.endswith(("ip", "for")) or any(word in key for word in _HOSTED)


def is_id(path: Sequence[str | int], text: str) -> bool:
    """Say whether the value is a well-formed id where ids stand: a few of them look like card numbers."""
    return path[-1] in _IDS and len(text) in (16, 32, 36) and _ID_CHARACTERS.issuperset(text)
