"""The rules there are, and which of them a project's settings turn on, in the order in which they decide."""

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

import msgspec
from msgspec.structs import replace

from errata.config.scrub import DataType, Method, ScrubRule, ScrubSettings
from errata.config.selectors import Selector, parse
from errata.stages.scrub.finders import (
    Finder,
    Span,
    addresses,
    assignments,
    cards,
    commands,
    elements,
    iban,
    people,
    phones,
    together,
    tokens,
    whole,
)
from errata.stages.scrub.methods import FILTERED


class By(Enum):
    """How a rule goes about it."""

    TEXT = auto()
    """Looks through texts."""
    NAME = auto()
    """Takes values whole whose key, or other name, names a secret."""
    PLACE = auto()
    """Takes values whole at the places its selector says."""


def _nothing(text: bytes) -> Sequence[Span]:  # noqa: ARG001 - the signature of a finder
    """Find nothing: what rules do in texts that go by names or places."""
    return ()


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """How something is found in texts."""

    find: Finder = _nothing
    hint: bytes | None = None
    """A quick pattern over all texts: when it does not match, there is nothing to find. None: always look."""
    everywhere: bool = False
    """Also in protected fields: what is found is a secret beyond doubt."""
    as_written: bool = False
    r"""Reads `\n` in a text that quotes another as two characters; others see the blank that is meant."""
    whole_text: bool = False
    """A find in a text takes the whole text."""
    one_by_one: bool = False
    """Anchors of a project's own pattern mean the ends of each text, so its texts are not searched together."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for, where, and what becomes of it."""

    title: str
    """In counters and remarks."""
    kind: DataType
    by: By = By.TEXT
    search: Search = Search()
    method: Method = Method.REPLACE
    label: str = ""
    """What `REPLACE` writes; empty takes the kind's own."""
    where: Selector | None = None
    """None is everywhere; a project's own rules have one."""

    @property
    def everywhere(self) -> bool:
        """Say whether it is for protected fields too: a secret beyond doubt, or a project names the field."""
        return self.search.everywhere or (self.where is not None and self.where.names_keys)


SEARCHES: dict[DataType, Search] = {
    DataType.PEMKEY: Search(find=tokens.find_pem_keys, hint=tokens.PEM_HINT, everywhere=True, as_written=True),
    DataType.TOKEN: Search(find=tokens.find_tokens, hint=tokens.HINT, everywhere=True),
    DataType.URLAUTH: Search(find=tokens.find_userinfo, hint=tokens.URL_HINT, everywhere=True, as_written=True),
    DataType.BEARER: Search(find=tokens.find_all_bearers, hint=tokens.ANY_SCHEME_HINT, everywhere=True),
    DataType.CREDITCARD: Search(find=cards.find_like_cards, hint=cards.LIKE_A_CARD_HINT, everywhere=True),
    DataType.IBAN: Search(find=iban.find_ibans, hint=iban.HINT, everywhere=True),
    DataType.USSSN: Search(find=people.find_ssns, hint=people.SSN_HINT),
    DataType.PASSWORD: Search(
        find=together(assignments.find_assignments, elements.find_elements, commands.find_in_commands),
        hint=b"|".join((assignments.HINT, elements.HINT, commands.HINT)),
        as_written=True,
    ),
    DataType.EMAIL: Search(find=people.find_addresses, hint=people.EMAIL_HINT),
    DataType.IP: Search(find=addresses.find_all_ips, hint=addresses.ANY_IP_HINT),
    DataType.MAC: Search(find=addresses.find_macs, hint=addresses.MAC_HINT),
    DataType.PHONE: Search(find=phones.find_phones, hint=phones.HINT),
    DataType.IMEI: Search(find=cards.find_imeis, hint=cards.IMEI_HINT),
    DataType.UUID: Search(find=whole(people.UUID_HINT), hint=people.UUID_HINT, as_written=True),
    DataType.USERPATH: Search(find=whole(people.USERPATH, group=1), hint=people.USERPATH_HINT, as_written=True),
}
"""What a project's own rule of a type looks for; the defaults below are more careful with a few."""


def _filter(kind: DataType, **changes: Any) -> Rule:
    """Give the default rule of a kind that leaves `[Filtered]`."""
    return Rule(title=f"@{kind}:filter", kind=kind, label=FILTERED, search=replace(SEARCHES[kind], **changes))


# In the order in which they decide where two find the same text.
DEFAULTS = (
    _filter(DataType.PEMKEY),
    replace(_filter(DataType.URLAUTH, find=tokens.find_passwords_in_urls), title="@urlauth:legacy"),
    _filter(DataType.TOKEN),
    _filter(DataType.BEARER, find=tokens.find_bearers, hint=tokens.SCHEME_HINT),
    Rule(title="@password:filter", kind=DataType.PASSWORD, by=By.NAME, label=FILTERED),
    _filter(DataType.PASSWORD),
    _filter(DataType.IBAN),
    _filter(DataType.CREDITCARD, find=cards.find_cards, hint=cards.HINT),
    _filter(DataType.USSSN),
)
PERSONAL = (
    Rule(title="@email", kind=DataType.EMAIL, search=Search(find=people.find_emails, hint=people.EMAIL_HINT)),
    Rule(title="@mac", kind=DataType.MAC, search=SEARCHES[DataType.MAC], method=Method.MASK),
    Rule(title="@ip", kind=DataType.IP, search=Search(find=addresses.find_ips, hint=addresses.IP_HINT)),
    Rule(title="@phone", kind=DataType.PHONE, search=SEARCHES[DataType.PHONE]),
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
    rule = Rule(title=own.title, kind=own.type, method=own.method, label=own.text, where=parse(own.source))
    match own.type:
        case DataType.ANYTHING:
            return [replace(rule, by=By.PLACE)]
        case DataType.PATTERN:
            # No hint: a pattern may mean the ends of each text, which the gate sees joined.
            return [replace(rule, search=Search(find=whole(own.pattern.encode()), one_by_one=True, as_written=True))]
        case DataType.PASSWORD:
            return [replace(rule, by=By.NAME), replace(rule, search=SEARCHES[own.type])]
        case _:
            return [replace(rule, search=SEARCHES[own.type])]


def _of_words(words: Sequence[str]) -> list[Rule]:
    """Give the rules of `sensitive_fields`: for what such a name names, and for texts that mention one."""
    if not words:
        return []
    pattern = ("(?i)" + "|".join(re.escape(word) for word in words)).encode()
    rule = Rule(title=_SENSITIVE_FIELDS, kind=DataType.ANYTHING, label=FILTERED)
    search = Search(find=whole(pattern), hint=pattern, whole_text=True, as_written=True)
    return [replace(rule, by=By.NAME), replace(rule, search=search)]
