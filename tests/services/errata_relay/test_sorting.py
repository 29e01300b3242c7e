"""Each item of an envelope is kept or has an ending."""

from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import OutcomeKind, Reason
from errata.protocols.sentry.envelope import Envelope, EnvelopeItem
from errata_relay.sorting import KEPT, Provenance, sort_items

SOURCE = Provenance(42, "main", 1, "192.0.2.1", "sdk" * 200, "agent", "")
ID = "9ec79c33ec9942ab8353589fcb2e04dc"

items = st.builds(
    EnvelopeItem,
    st.sampled_from([*KEPT, "log", "", "unheard-of"]),
    st.just(""),
    st.sampled_from([b"{}", b"{", b"[]", b"", b'{"type":"transaction"}', b'{"a":"%s"}' % (b"a" * 200)]).map(memoryview),
)


@given(st.lists(items, max_size=8), st.sampled_from(["", ID]))
def test_no_item_is_lost_or_in_two_places(found, event_id):
    sorting = sort_items(Envelope(event_id, "", "", tuple(found)), SOURCE, 100)
    assert len(sorting.kept) + len(sorting.ended) == len(found)
    assert all(item.meta.event_id for item in sorting.kept if item.meta.format == "sentry.event")
    assert not any(item.meta.event_id for item in sorting.kept if item.meta.format != "sentry.event")


def test_endings_say_why():
    found = [
        ("event", b"{"),
        ("event", b"[%s1]" % (b"1," * 100)),
        ("replay_event", b""),
        ("event", b'{"type":"feedback"}'),
    ]
    envelope = Envelope("", "", "", tuple(EnvelopeItem(kind, "", memoryview(payload)) for kind, payload in found))
    assert sort_items(envelope, SOURCE, 100).ended == [
        (OutcomeKind.INVALID, Reason.BAD_JSON, "error"),
        (OutcomeKind.INVALID, Reason.TOO_LARGE, "error"),
        (OutcomeKind.FILTERED, Reason.UNSUPPORTED_ITEM, "replay"),
        (OutcomeKind.FILTERED, Reason.UNSUPPORTED_ITEM, "feedback"),
    ]


def test_a_clients_own_words_are_cut():
    envelope = Envelope("", "", "", (EnvelopeItem("event", "x" * 1000, memoryview(b"{}")),))
    (item,) = sort_items(envelope, SOURCE, 100).kept
    assert (len(item.meta.sdk), len(item.meta.content_type)) == (256, 256)
