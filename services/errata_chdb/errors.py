"""Errors as ClickHouse tells them over HTTP: a code in the text and a header, and a status that depends on the code."""

import re

# A client decides by these whether to retry. From ClickHouse's HTTPHandler; any other code is a 500.
_STATUS = {
    400: (6, 16, 26, 27, 36, 38, 41, 42, 43, 53, 62, 69, 70, 72, 117, 131, 386, 394, 456, 457, 636),
    401: (193, 194, 516),
    403: (164, 291, 497),
    404: (46, 47, 60, 73, 81, 115, 372),
    408: (159, 209),
    413: (307,),
    501: (48,),
    503: (202, 203, 745),
}
_STATUS_OF = {code: status for status, codes in _STATUS.items() for code in codes}

BAD_ARGUMENTS = 36
UNKNOWN_SETTING = 115
NOT_IMPLEMENTED = 48
UNKNOWN_COMPRESSION = 89
UNKNOWN_EXCEPTION = 1002
TOO_MANY_BYTES = 307
SESSION_NOT_FOUND = 372
SESSION_IS_LOCKED = 373
AUTHENTICATION_FAILED = 516
CANNOT_DECOMPRESS = 271

_CODE = re.compile(r"Code: (\d+)\.")


class ClickHouseError(Exception):
    """A query failed; `code` is ClickHouse's number for the reason and `text` what a client is told."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def status(self) -> int:
        """The HTTP status that ClickHouse answers with for this code."""
        return _STATUS_OF.get(self.code, 500)


def refusal(code: int, name: str, message: str) -> ClickHouseError:
    """Give an error of the front's own, in the engine's form."""
    return ClickHouseError(code, f"Code: {code}. DB::Exception: {message}. ({name})")


def from_engine(message: str) -> ClickHouseError:
    """Give the error that the engine told as text; what stands before its `Code: N.` is left out."""
    found = _CODE.search(message)
    if found is None:
        return ClickHouseError(
            UNKNOWN_EXCEPTION, f"Code: {UNKNOWN_EXCEPTION}. DB::Exception: {message.strip()}. (UNKNOWN_EXCEPTION)"
        )
    return ClickHouseError(int(found[1]), message[found.start() :].strip())
