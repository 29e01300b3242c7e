"""How an operation of a trace ended, in the words of gRPC's codes."""

from types import MappingProxyType

from errata.stages.normalize import rules

_CODES = """ok cancelled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied
    resource_exhausted failed_precondition aborted out_of_range unimplemented internal_error unavailable data_loss
    unauthenticated""".split()

STATUSES = MappingProxyType(
    {
        **{code: code for code in _CODES},
        **dict(enumerate(_CODES)),  # the numbers of google.rpc.Code
        "canceled": "cancelled",
        "success": "ok",
        "failure": "internal_error",
        "error": "internal_error",
        "unknown_error": "unknown",
    }
)
"""Every word and number that clients use -> the word."""

status = rules.one_of(STATUSES)
