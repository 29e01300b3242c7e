"""Settings of the scrub stage: what counts as personal data in a project, and what becomes of it."""

from enum import StrEnum

import msgspec
import re2

from errata.config import selectors

MAX_PATTERN = 2000
"""Characters of a free regex; RE2 keeps it linear, this keeps it small."""


class DataType(StrEnum):
    """What a rule looks for."""

    ANYTHING = "anything"
    """Whatever the rule's source selects, of any JSON type."""
    PATTERN = "pattern"
    """A regex of your own, on RE2."""
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    """Values under keys that name secrets, and `key=value` in texts."""
    TOKEN = "token"  # noqa: S105
    """API tokens and keys by the well-known prefixes and formats."""
    BEARER = "bearer"
    URLAUTH = "urlauth"
    """User and password in URLs."""
    PEMKEY = "pemkey"
    CREDITCARD = "creditcard"
    IBAN = "iban"
    USSSN = "usssn"
    EMAIL = "email"
    PHONE = "phone"
    IP = "ip"
    MAC = "mac"
    IMEI = "imei"
    UUID = "uuid"
    USERPATH = "userpath"
    """The user's name in paths of home folders."""


class Method(StrEnum):
    """What becomes of what a rule finds."""

    REMOVE = "remove"
    """The text found goes; a value that is no text becomes null."""
    REPLACE = "replace"
    """By the rule's `text`, or by the type's own label such as `[email]`."""
    MASK = "mask"
    """`*` for each character; of cards the last four digits stay, of e-mail addresses `@` and `.`."""
    HASH = "hash"
    """HMAC-SHA1 with the project's key, 40 hex digits: equal things stay equal, and so countable."""


class ScrubRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule: find `type` in the places of `source`, and apply `method`.

    Who writes a rule wants what has the form, so it is less careful than the switches of the same type: cards with a
    wrong check digit, addresses that could be versions, whatever follows `Bearer`.
    """

    type: DataType
    method: Method = Method.REPLACE
    source: str = "$string"
    """A selector, see `errata.config.selectors`."""
    pattern: str = ""
    """The regex of type `pattern`; RE2's syntax, `(?i)` for any case."""
    text: str = ""
    """What method `replace` puts there; empty takes the type's own label."""
    name: str = ""
    """What counters and remarks call the rule; empty gives `@type:method`."""

    def __post_init__(self) -> None:
        """Refuse what cannot work; raises `ValueError` with the reason, which the loader gives a line."""
        selectors.parse(self.source)
        if (self.type is DataType.PATTERN) != bool(self.pattern):
            raise ValueError("`pattern` belongs to type `pattern`, and must not be empty there")
        if len(self.pattern) > MAX_PATTERN:
            raise ValueError(f"`pattern` has more than {MAX_PATTERN} characters")
        if self.pattern:
            check_pattern(self.pattern)

    @property
    def title(self) -> str:
        """Its name in counters and remarks."""
        return self.name or f"@{self.type}:{self.method}"


class ScrubSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two layers: simple switches, as in Sentry's settings, and rules with selectors."""

    scrub_data: bool = True
    """Off leaves events as they came, rules included; only for projects that hold no personal data."""
    scrub_defaults: bool = True
    """Secrets by key name and by format, cards, IBANs, social security numbers, passwords in URLs."""
    scrub_personal: bool = True
    """E-mail addresses, phone numbers, IP and MAC addresses in texts: what Sentry keeps unless told otherwise."""
    scrub_ip_addresses: bool = False
    """Also the fields that exist to hold the user's address: `user.ip_address`, `REMOTE_ADDR`, `sdk.client_ip`."""
    sensitive_fields: tuple[str, ...] = ()
    """Further words that name secrets: values under keys that contain one, and texts that mention one, are
    replaced whole. Without regard to case."""
    exclude_fields: tuple[str, ...] = ()
    """Keys whose values are never touched, without regard to case."""
    disabled: tuple[DataType, ...] = ()
    """Types that the switches above shall leave alone, such as `[ip, phone]`."""
    hash_scope: str = ""
    """A word from which the key of hashes is made, with the installation's `ERRATA_SECRET`. Projects with the same word
    hash alike, so that users can be counted across them; empty takes the project's id, so each has a key of its own."""
    rules: tuple[ScrubRule, ...] = ()
    """Run besides the switches; where both find something, the rule decides what becomes of it."""


def check_pattern(pattern: str) -> None:
    """Accept a regex that RE2 can run and that does not match the empty text; raises `ValueError` otherwise."""
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise ValueError(f"`pattern`: RE2 cannot read it: {text}") from None
    if compiled.search("") is not None:
        raise ValueError("`pattern` matches the empty text, so it would match everywhere")
