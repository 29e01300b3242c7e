"""Browsers' own reports, which clients also fill in by hand: of content policies, certificates and the network."""

from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import LARGE
from errata.stages.stage import Event

MAX_CERTIFICATES = 100
_LONG = 16 * 1024
"""Characters: a policy or a chain's certificate has some thousand."""

# In a report an empty text says something: nothing was blocked by its address, no referrer was sent.
_TEXT = rules.Verbatim(_LONG)
_CERTIFICATES = rules.texts(_LONG, MAX_CERTIFICATES)

_OF_CONNECTION: dict[str, rules.Rule] = {
    **dict.fromkeys(("date_time", "hostname", "effective_expiration_date"), _TEXT),
    "port": rules.number,
    "served_certificate_chain": _CERTIFICATES,
    "validated_certificate_chain": _CERTIFICATES,
}
_TIMESTAMP = Fields(
    {
        "version": rules.signed,
        **dict.fromkeys(("status", "source", "serialized_sct"), _TEXT),
    }
)
"""Of a certificate in a public log."""


def _timestamps(value: Any, place: Place, notes: Notes) -> list[Event | None] | None:
    if not isinstance(value, list):
        notes.invalid(place, value)
        return None
    some = value[:MAX_CERTIFICATES]
    return [None if one is None else _TIMESTAMP.cleaned(one, (place, index), notes) for index, one in enumerate(some)]


_TABLES: dict[str, dict[str, rules.Rule]] = {
    "csp": {
        **dict.fromkeys(
            """effective_directive blocked_uri document_uri original_policy referrer violated_directive source_file
            script_sample disposition""".split(),
            _TEXT,
        ),
        **dict.fromkeys(("status_code", "line_number", "column_number"), rules.number),
    },
    "expectct": {
        **_OF_CONNECTION,
        "scheme": _TEXT,
        "failure_mode": _TEXT,
        "test_report": rules.flag,
        "scts": _timestamps,
    },
    "expectstaple": {**_OF_CONNECTION, "response_status": _TEXT, "cert_status": _TEXT},
    "hpkp": {
        **_OF_CONNECTION,
        "include_subdomains": rules.flag,
        "noted_hostname": _TEXT,
        "known_pins": rules.texts(values.PATH, MAX_CERTIFICATES),
    },
    "nel": {},
}
REPORTS = {kind: Fields(table, other=rules.in_bounds(LARGE)) for kind, table in _TABLES.items()}
"""The fields of each kind of report; all others are the browser's own."""


def clean(event: Event, key: str, notes: Notes) -> None:
    """Bring a browser's report into form; removed when nothing of it is left."""
    REPORTS[key].keep(event, key, notes)
