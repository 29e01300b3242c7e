"""Which names name secrets: `password`, `apiKey`, `X-Auth-Token`, `the_secret`; not `author`, `tokenizer`, `PWD`.

Sentry's list of words is taken over and widened. Its habit of matching anywhere in a name is kept for words long
enough to mean one thing; short ones must stand as a word of their own, where `dbPass` is `db`, `pass`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from errata.stages.scrub.finders import regex

_GAP = r"[^0-9A-Za-z\"]{0,2}"
_STEMS = (
    f"pass{_GAP}(?:word|wd|phrase|code|wort)",
    "secret|credential|authori[sz]ation|csrf|xsrf|token",
    f"(?:api|private|access|shared|signing|encryption|master|auth){_GAP}key",
    f"sess(?:ion)?{_GAP}(?:id|key)",
    f"mysql{_GAP}pwd",
    f"credit{_GAP}card|card{_GAP}num(?:ber)?",
    f"connection{_GAP}string",
    f"amz{_GAP}signature",
)
"""Secret wherever they stand in a name."""
_WORDS = "auth jwt bearer pwd passw pass ssn cvv cvv2 cvc otp totp cookie".split()
"""Secret as a word of the name; `cookie` only as the last one, since cookies have many attributes."""


def candidate(tail: str, border: str) -> str:
    """Give a regex that matches in every name that `names_secret` accepts.

    `tail` is one for the rest of a name, `border` the class of characters that may follow a short word in it.

    A short word begins at a border of words and is not followed by a small letter: `otp`, `userOTP`, not `laptops`.
    """
    capitals = "|".join(form for word in _WORDS for form in (word.upper(), word.capitalize()))
    short = rf"(?:\b|_|\\[bfnrt])(?i:{'|'.join(_WORDS)})|[a-z0-9](?:{capitals})|(?i:[a-z]auth)"
    return f"(?:(?i:{'|'.join(_STEMS)}){tail}|(?:{short})(?:[0-9A-Z_.${border}-]{tail})?)"


_NAME = candidate(r"[^\x00-\x1f\"\\,:;=&?/<>{}|!@#%^*+~`']*", border=" ")
"""What else may follow in a name; a text with more in it is no name."""

MAX_NAME = 128
"""Characters; longer keys are texts, not names, and what is secret in them is found as in texts."""

REMEMBERED = 8192
"""Names; hostile ones can only make us forget and judge again."""

_HARMLESS = frozenset(
    # Well-known names that hold such a word and no secret.
    "ssh_auth_sock xauthority auth_type auth_method auth_mechanism auth_scheme auth_provider auth_backend auth_url "
    "auth_uri auth_enabled token_type token_count token_usage token_url token_uri token_endpoint public_key_token "
    "token_expiry token_expires token_limit cookie_domain cookie_path cookie_secure cookies cookies_enabled "
    "accept_cookies password_reset password_changed password_changed_at password_updated_at password_expired "
    "password_length reset_password_sent_at desktop_session gdmsession gnome_desktop_session_id boarding_pass "
    "pass_count pass_rate secret_storage".split()
)
WORKING_FOLDER = ("PWD", "OLDPWD")
"""A shell's variables; but after `UID=sa;` it is ODBC's word for a password."""
_COUNTED = frozenset(
    "max min total prompt completion input output used usage count n num number cached reasoning".split()
)
_STEM = regex(("(?i)" + "|".join(_STEMS)).encode())
_ANY = regex((_NAME + "$").encode())
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9]+")
# Keys are many, most are short and none of either: for those the standard library is quicker than RE2, and as linear.
_PERHAPS = re.compile(
    "pass|pwd|secret|cred|auth|[cx]srf|token|key|sess|card|string|signature|jwt|bearer|ssn|cv[vc]|otp|cookie",
    re.IGNORECASE,
)
_OF_SESSION = re.compile(r"(?:^|[._-])(?:sid|sess|session)(?:\.sig)?$", re.IGNORECASE)
"""`connect.sid`, `koa.sess`, `laravel_session`: who has that cookie is the user. Elsewhere a `sid` is any id."""
_LONG_KEY = 15
_MAY_HOLD_DATA = re.compile(r"@|%40|[0-9](?:[ .()/:-]{0,2}[0-9]){6}|:.*:")
_NOT_A_STEM = regex(rb"(?i)tokeni[sz]|secretar|secretion|secretstorage")


def names_secret(name: str) -> bool:
    """Say whether a key, header, parameter or variable of this name holds a secret."""
    # What is left of a key that held a secret is no name.
    return (
        len(name) <= MAX_NAME and _PERHAPS.search(name) is not None and "[Filtered]" not in name and _names_secret(name)
    )


@lru_cache(REMEMBERED)
def _names_secret(name: str) -> bool:
    text = name.encode("utf-8", "replace")
    if _ANY.search(text) is None or _NOT_A_STEM.search(text) is not None:
        return False
    words = [word.lower() for word in _PARTS.findall(name)]
    if name in WORKING_FOLDER or "_".join(words) in _HARMLESS:
        return False
    if "token" not in words and "tokens" in words:
        return not _COUNTED.intersection(words)
    if _STEM.search(text) is not None or words[-1:] == ["cookie"]:
        return True
    return any((word in _WORDS and word != "cookie") or word.endswith("auth") for word in words)


class Keys:
    """The judgement of keys for one project, remembered: an event's keys are mostly those of the last one."""

    HOLDS_DATA = 1
    """The key can hold data itself, such as an address."""
    PASSWORD = 2
    """It names a secret."""
    FIELD = 4
    """It holds one of the project's own words."""
    SESSION = 8
    """It names a session where it is a cookie's."""
    NAMES_SECRET = PASSWORD | FIELD | SESSION

    def __init__(self, fields: Sequence[str], *, password: bool) -> None:
        """Give the judgement by a project's own words and, if `password`, by the built-in ones."""
        # Normalize writes `-` for a blank in the name of a tag, which the project's own words may have.
        words = "|".join(re.escape(field).replace("\\ ", "[ -]") for field in fields)
        self._field = regex(("(?i)" + words).encode()) if words else None
        self._password = password
        self.known: dict[str, int] = {}

    def judge(self, key: str) -> int:
        """Give the sum of what is true of a key."""
        judged = self.known.get(key)
        if judged is None:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            judged = self.known[key] = self._judge(key)
        return judged

    def hold_nothing(self, keys: Iterable[str]) -> None:
        """Remember of keys that were searched that they hold no data."""
        for key in keys:
            if key in self.known:
                self.known[key] &= ~self.HOLDS_DATA

    def _judge(self, key: str) -> int:
        judged = self.HOLDS_DATA if len(key) >= _LONG_KEY or _MAY_HOLD_DATA.search(key) is not None else 0
        if self._password and names_secret(key):
            judged |= self.PASSWORD
        elif self._password and len(key) <= MAX_NAME and _OF_SESSION.search(key) is not None:
            judged |= self.SESSION
        if self._field is not None and len(key) <= MAX_NAME and self._field.search(key.encode("utf-8", "replace")):
            judged |= self.FIELD
        return judged
