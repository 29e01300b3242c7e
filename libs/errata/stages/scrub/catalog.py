"""The rules there are, and which of them a project's settings turn on, in the order in which they decide."""

import re

import msgspec

from errata.config.scrub import DataType, Method, ScrubRule, ScrubSettings
from errata.config.selectors import Selector, parse
from errata.stages.scrub import keys
from errata.stages.scrub.finders import Finder, addresses, assignments, cards, iban, people, phones, tokens, whole
from errata.stages.scrub.methods import FILTERED


class Rule(msgspec.Struct, frozen=True):
    """What to look for, where, and what becomes of it."""

    title: str
    """In counters and remarks."""
    kind: DataType
    hints: tuple[bytes, ...]
    """Patterns over the event's JSON: when none matches, the rule has nothing to find. Empty: always look."""
    find: Finder | None = None
    """Over texts; None for a rule that takes whole values."""
    method: Method = Method.REPLACE
    label: str = ""
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
    DataType.TOKEN: Search(tokens.HINT, tokens.find_tokens, everywhere=True),
    DataType.URLAUTH: Search(tokens.URL_HINT, tokens.find_passwords_in_urls, everywhere=True),
    DataType.BEARER: Search(tokens.SCHEME_HINT, tokens.find_bearers, everywhere=True),
    DataType.CREDITCARD: Search(cards.HINT, cards.find_cards, everywhere=True),
    DataType.IBAN: Search(iban.HINT, iban.find_ibans, everywhere=True),
    DataType.USSSN: Search(people.SSN_HINT, people.find_ssns),
    DataType.PASSWORD: Search(assignments.HINT, assignments.find_assignments),
    DataType.EMAIL: Search(people.EMAIL_HINT, people.find_emails),
    DataType.IP: Search(addresses.IP_HINT, addresses.find_ips),
    DataType.MAC: Search(addresses.MAC_HINT, addresses.find_macs),
    DataType.PHONE: Search(phones.HINT, phones.find_phones),
    DataType.IMEI: Search(cards.IMEI_HINT, cards.find_imeis),
    DataType.UUID: Search(people.UUID_HINT, whole(people.UUID_HINT)),
    DataType.USERPATH: Search(people.USERPATH_HINT, whole(people.USERPATH, group=1)),
}

# In the order in which they decide where two find the same text.
DEFAULTS: tuple[tuple[str, DataType, Method, str], ...] = (
    ("@pemkey:filter", DataType.PEMKEY, Method.REPLACE, FILTERED),
    ("@urlauth:legacy", DataType.URLAUTH, Method.REPLACE, FILTERED),
    ("@token:filter", DataType.TOKEN, Method.REPLACE, FILTERED),
    ("@bearer:filter", DataType.BEARER, Method.REPLACE, FILTERED),
    ("@password:filter", DataType.PASSWORD, Method.REPLACE, FILTERED),
    ("@iban:filter", DataType.IBAN, Method.REPLACE, FILTERED),
    ("@creditcard:filter", DataType.CREDITCARD, Method.REPLACE, FILTERED),
    ("@usssn:filter", DataType.USSSN, Method.REPLACE, FILTERED),
)
PERSONAL: tuple[tuple[str, DataType, Method, str], ...] = (
    ("@email", DataType.EMAIL, Method.REPLACE, ""),
    ("@mac", DataType.MAC, Method.MASK, ""),
    ("@ip", DataType.IP, Method.REPLACE, ""),
    ("@phone", DataType.PHONE, Method.REPLACE, ""),
)
CLEAR_ADDRESS = Rule("@anything:remove", DataType.ANYTHING, (), method=Method.REMOVE)
"""What becomes of the fields that hold users' addresses, when a project wants none."""
SENSITIVE_FIELDS = "strip-fields"
"""What Sentry calls the rule made of `sensitive_fields`."""


def rules_of(settings: ScrubSettings) -> tuple[Rule, ...]:
    """Give a project's rules, the project's own first: what becomes of a find is theirs to say."""
    if not settings.scrub_data:
        return ()
    rules = [_of_project(rule) for rule in settings.rules]
    fields = [field.strip() for field in settings.sensitive_fields if field.strip()]
    if fields:
        words = "(?i)" + "|".join(re.escape(field) for field in fields)
        rules.append(
            Rule(SENSITIVE_FIELDS, DataType.ANYTHING, (words.encode(),), whole(words.encode()), label=FILTERED, takes_text=True)
        )
    switched_on = (*(DEFAULTS if settings.scrub_defaults else ()), *(PERSONAL if settings.scrub_personal else ()))
    rules += [_search(title, kind, method, label) for title, kind, method, label in switched_on if kind not in settings.disabled]
    return tuple(rules)


def _search(title: str, kind: DataType, method: Method, label: str, where: Selector | None = None) -> Rule:
    search = SEARCHES[kind]
    hints = (search.hint, keys.HINT) if kind is DataType.PASSWORD else (search.hint,)
    everywhere = search.everywhere or (where is not None and where.names_keys)
    return Rule(title, kind, hints, search.find, method, label, where, everywhere)


def _of_project(rule: ScrubRule) -> Rule:
    where = parse(rule.source)
    if rule.type is DataType.ANYTHING:
        return Rule(rule.title, rule.type, (), None, rule.method, rule.text, where, where.names_keys)
    if rule.type is DataType.PATTERN:
        pattern = rule.pattern.encode()
        # JSON escapes may hide a match from the gate: always look.
        return Rule(rule.title, rule.type, (), whole(pattern), rule.method, rule.text, where, where.names_keys, one_by_one=True)
    return _search(rule.title, rule.type, rule.method, rule.text, where)
