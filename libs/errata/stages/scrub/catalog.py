"""The rules there are, and which of them a project's settings turn on, in the order in which they decide."""

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

import msgspec
import orjson
from msgspec.structs import replace

from errata.config.scrub import DataType, Method, ScrubRule, ScrubSettings
from errata.config.selectors import Selector, parse
from errata.stages.scrub import keys
from errata.stages.scrub.finders import (
    Finder,
    Span,
    addresses,
    assignments,
    cards,
    iban,
    over_escapes,
    people,
    phones,
    tokens,
    whole,
)
from errata.stages.scrub.methods import FILTERED


def _nothing(text: bytes) -> Sequence[Span]:  # noqa: ARG001 - the signature of a finder
    """Find nothing: what rules do in texts that go by names or places."""
    return ()


class By(Enum):
    """How a rule goes about it."""

    TEXT = auto()
    """Looks through texts."""
    NAME = auto()
    """Takes values whole whose key, or other name, names a secret."""
    PLACE = auto()
    """Takes values whole at the places its selector says."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for, where, and what becomes of it."""

    title: str
    """In counters and remarks."""
    kind: DataType
    by: By = By.TEXT
    hint: bytes | None = None
    """A pattern over the event's JSON: when it does not match, the rule has nothing to find. None: always look."""
    find: Finder = _nothing
    method: Method = Method.REPLACE
    label: str = ""
    """What `REPLACE` writes; empty takes the kind's own."""
    where: Selector | None = None
    """None is everywhere."""
    everywhere: bool = False
    """Also in protected fields: what it finds is a secret beyond doubt, or a project names the field."""
    takes_text: bool = False
    """A find in a text takes the whole text."""
    one_by_one: bool = False
    """Anchors of a project's own pattern mean the ends of each text, so its texts are not searched together."""


class Search(msgspec.Struct, frozen=True):
    """How a type of data is found."""

    hint: bytes
    find: Finder
    everywhere: bool = False
    """Also in protected fields."""


SEARCHES: dict[DataType, Search] = {
    DataType.PEMKEY: Search(tokens.PEM_HINT, tokens.find_pem_keys, everywhere=True),
    DataType.TOKEN: Search(tokens.HINT, over_escapes(tokens.find_tokens), everywhere=True),
    DataType.URLAUTH: Search(tokens.URL_HINT, tokens.find_userinfo, everywhere=True),
    DataType.BEARER: Search(tokens.SCHEME_HINT, over_escapes(tokens.find_bearers), everywhere=True),
    DataType.CREDITCARD: Search(cards.HINT, over_escapes(cards.find_cards), everywhere=True),
    DataType.IBAN: Search(iban.HINT, over_escapes(iban.find_ibans), everywhere=True),
    DataType.USSSN: Search(people.SSN_HINT, over_escapes(people.find_ssns)),
    DataType.PASSWORD: Search(assignments.HINT, assignments.find_assignments),
    DataType.EMAIL: Search(people.EMAIL_HINT, over_escapes(people.find_emails)),
    DataType.IP: Search(addresses.ANY_IP_HINT, over_escapes(addresses.find_all_ips)),
    DataType.MAC: Search(addresses.MAC_HINT, over_escapes(addresses.find_macs)),
    DataType.PHONE: Search(phones.HINT, over_escapes(phones.find_phones)),
    DataType.IMEI: Search(cards.IMEI_HINT, over_escapes(cards.find_imeis)),
    DataType.UUID: Search(people.UUID_HINT, whole(people.UUID_HINT)),
    DataType.USERPATH: Search(people.USERPATH_HINT, whole(people.USERPATH, group=1)),
}


def _default(title: str, kind: DataType, **changes: Any) -> Rule:
    search = SEARCHES[kind]
    rule = Rule(title=title, kind=kind, hint=search.hint, find=search.find, everywhere=search.everywhere)
    return replace(rule, **changes)


# In the order in which they decide where two find the same text.
DEFAULTS = (
    _default("@pemkey:filter", DataType.PEMKEY, label=FILTERED),
    _default("@urlauth:legacy", DataType.URLAUTH, label=FILTERED, find=tokens.find_passwords_in_urls),
    _default("@token:filter", DataType.TOKEN, label=FILTERED),
    _default("@bearer:filter", DataType.BEARER, label=FILTERED),
    _default("@password:filter", DataType.PASSWORD, label=FILTERED, by=By.NAME, hint=keys.HINT, find=_nothing),
    _default("@password:filter", DataType.PASSWORD, label=FILTERED),
    _default("@iban:filter", DataType.IBAN, label=FILTERED),
    _default("@creditcard:filter", DataType.CREDITCARD, label=FILTERED),
    _default("@usssn:filter", DataType.USSSN, label=FILTERED),
)
PERSONAL = (
    _default("@email", DataType.EMAIL),
    _default("@mac", DataType.MAC, method=Method.MASK),
    _default("@ip", DataType.IP, hint=addresses.IP_HINT, find=over_escapes(addresses.find_ips)),
    _default("@phone", DataType.PHONE),
)
CLEAR_ADDRESS = Rule(title="@anything:remove", kind=DataType.ANYTHING, by=By.PLACE, method=Method.REMOVE)
"""What becomes of the fields that hold users' addresses, when a project wants none."""
_SENSITIVE_FIELDS = "strip-fields"
"""What Sentry calls the rule made of `sensitive_fields`."""


def rules_of(settings: ScrubSettings) -> tuple[Rule, ...]:
    """Give a project's rules, the project's own first: what becomes of a find is theirs to say."""
    if not settings.scrub_data:
        return ()
    rules = [rule for own in settings.rules for rule in _of_project(own)]
    rules += _of_words(words_of(settings.sensitive_fields))
    for switched_on, defaults in ((settings.scrub_defaults, DEFAULTS), (settings.scrub_personal, PERSONAL)):
        rules += [rule for rule in defaults if switched_on and rule.kind not in settings.disabled]
    return tuple(rules)


def words_of(fields: Sequence[str]) -> list[str]:
    """Give the names of a setting without blanks, which would mean everything."""
    return [field.strip() for field in fields if field.strip()]


def _of_project(own: ScrubRule) -> list[Rule]:
    where = parse(own.source)
    rule = Rule(
        title=own.title, kind=own.type, method=own.method, label=own.text, where=where, everywhere=where.names_keys
    )
    match own.type:
        case DataType.ANYTHING:
            return [replace(rule, by=By.PLACE)]
        case DataType.PATTERN:
            # No hint: escapes in JSON may hide from the gate what the pattern means.
            return [replace(rule, find=whole(own.pattern.encode()), one_by_one=True)]
        case _:
            return _of_kind(rule)


def _of_kind(rule: Rule) -> list[Rule]:
    search = SEARCHES[rule.kind]
    in_texts = replace(rule, hint=search.hint, find=search.find, everywhere=rule.everywhere or search.everywhere)
    if rule.kind is DataType.PASSWORD:
        return [replace(rule, by=By.NAME, hint=keys.HINT), in_texts]
    return [in_texts]


def _of_words(words: Sequence[str]) -> list[Rule]:
    """Give the rules of `sensitive_fields`: for what such a name names, and for texts that mention one."""
    if not words:
        return []
    pattern = "(?i)" + "|".join(re.escape(word) for word in words)
    hint = "(?i)" + "|".join(re.escape(orjson.dumps(word)[1:-1].decode()) for word in words)
    rule = Rule(title=_SENSITIVE_FIELDS, kind=DataType.ANYTHING, hint=hint.encode(), label=FILTERED)
    return [replace(rule, by=By.NAME), replace(rule, find=whole(pattern.encode()), takes_text=True)]
