"""Each item of a request is kept or has an ending, and travels with what the relay knows of it."""

from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import ItemFormat, decode_pack, encode_pack
from errata.contracts.topics import INGEST, INGEST_SESSIONS
from errata.protocols.admitted import Admitted, AdmittedItem, NotKept
from errata_relay.items import Provenance, sort_items, topic_of
from errata_relay.refusals import outcome_of

SOURCE = Provenance(42, "main", 1, "192.0.2.1", "x" * 1000, "sdk" * 200, "agent", "1")
ID = "9ec79c33ec9942ab8353589fcb2e04dc"

items = st.builds(
    AdmittedItem, st.sampled_from(ItemFormat), st.sampled_from([b"{}", b"a" * 200]), st.sampled_from(["", ID])
)


@given(st.lists(items, max_size=8))
def test_no_item_is_lost_or_in_two_places(found):
    sorting = sort_items(Admitted(tuple(found)), SOURCE, 100)
    assert len(sorting.kept) + len(sorting.not_kept) == len(found)
    metas = [kept.item.meta for kept in sorting.kept if kept.item.meta.format is not ItemFormat.SENTRY_ATTACHMENT]
    assert all(bool(meta.event_id) == (topic_of(meta.format) == INGEST) for meta in metas)


def test_items_that_are_too_large_are_counted_by_their_category():
    found = (AdmittedItem(ItemFormat.SENTRY_SESSION, b"a" * 200), AdmittedItem(ItemFormat.ROLLBAR_ITEM, b"a" * 200))
    not_kept = (NotKept(Reason.UNSUPPORTED_ITEM, "replay"),)
    assert sort_items(Admitted(found, not_kept), SOURCE, 100).not_kept == [
        (Reason.UNSUPPORTED_ITEM, "replay", 1),
        (Reason.TOO_LARGE, "session", 1),
        (Reason.TOO_LARGE, "error", 1),
    ]


def test_an_item_counts_as_the_events_in_it_wherever_it_ends():
    events = AdmittedItem(ItemFormat.BUGSNAG_EVENTS, b"{}", quantity=7)
    (kept,) = sort_items(Admitted((events,)), SOURCE, 100).kept
    assert (kept.category, kept.quantity) == ("error", 7)
    assert sort_items(Admitted((events,)), SOURCE, 1).not_kept == [(Reason.TOO_LARGE, "error", 7)]
    assert sort_items(Admitted((events,)), SOURCE, 100, sample_rate=0).not_kept == [(Reason.SAMPLED, "error", 7)]


def test_a_clients_own_words_are_cut():
    (kept,) = sort_items(Admitted((AdmittedItem(ItemFormat.SENTRY_EVENT, b"{}"),)), SOURCE, 100).kept
    assert (len(kept.item.meta.sdk), len(kept.item.meta.content_type)) == (256, 256)


@given(st.text(st.characters(categories=["Cs", "L", "Cc"])))
def test_whatever_a_client_says_of_itself_can_be_put_into_a_pack(text):
    found = Admitted((AdmittedItem(ItemFormat.SENTRY_EVENT, b"{}"),), sent_at=text, sdk=text)
    source = SOURCE._replace(content_type=text, sdk="", user_agent=text)
    items = tuple(kept.item for kept in sort_items(found, source, 100).kept)
    assert decode_pack(encode_pack(items)).items == items


def test_half_of_a_surrogate_pair_in_a_clients_words_is_replaced():
    source = SOURCE._replace(sdk="a\ud800b\U0001f600")
    (kept,) = sort_items(Admitted((AdmittedItem(ItemFormat.SENTRY_EVENT, b"{}"),)), source, 100).kept
    assert kept.item.meta.sdk == "a\ufffdb\U0001f600"


EVENT = AdmittedItem(ItemFormat.SENTRY_EVENT, b"{}")
FILE = AdmittedItem(ItemFormat.SENTRY_ATTACHMENT, b"{}\na")


def test_an_attachment_has_the_id_that_its_event_was_given():
    event, file = sort_items(Admitted((EVENT, FILE)), SOURCE, 100).kept
    assert file.item.meta.event_id == event.item.meta.event_id
    (file,) = sort_items(Admitted((FILE._replace(event_id=ID),), request_id=ID), SOURCE, 100).kept
    assert (file.item.meta.event_id, topic_of(file.item.meta.format)) == (ID, INGEST_SESSIONS)


def test_a_project_that_wants_no_attachments_keeps_the_event_alone():
    sorting = sort_items(Admitted((EVENT, FILE)), SOURCE, 100, keep_attachments=False)
    assert [kept.item.meta.format for kept in sorting.kept] == [ItemFormat.SENTRY_EVENT]
    assert sorting.not_kept == [(Reason.UNWANTED_ITEM, "attachment", 1)]
    assert outcome_of(Reason.UNWANTED_ITEM) is OutcomeKind.FILTERED


def test_an_attachment_is_in_the_sample_exactly_when_its_event_is():
    together = Admitted((EVENT._replace(event_id=ID), FILE._replace(event_id=ID)), request_id=ID)
    later = Admitted((FILE._replace(event_id=ID),), request_id=ID)
    share = int(ID[:8], 16) / 2**32
    for rate, kept in ((share - 0.01, 0), (share + 0.01, 1)):
        assert len(sort_items(together, SOURCE, 100, rate).kept) == 2 * kept
        assert len(sort_items(later, SOURCE, 100, rate).kept) == kept
    assert sort_items(later, SOURCE, 100, 0).not_kept == [(Reason.SAMPLED, "attachment", 1)]


def test_what_is_attached_to_feedback_is_never_sampled():
    said = AdmittedItem(ItemFormat.SENTRY_FEEDBACK, b"{}")
    assert len(sort_items(Admitted((said, FILE._replace(event_id=ID)), request_id=ID), SOURCE, 100, 0).kept) == 2


def test_the_answer_names_the_request_or_its_first_event():
    event = AdmittedItem(ItemFormat.SENTRY_EVENT, b"{}", ID)
    session = AdmittedItem(ItemFormat.SENTRY_SESSION, b"{}")
    assert sort_items(Admitted((session, event)), SOURCE, 100).event_id == ID
    assert sort_items(Admitted((session,)), SOURCE, 100).event_id == ""
    assert sort_items(Admitted((session,), request_id="a" * 32), SOURCE, 100).event_id == "a" * 32


def test_sessions_travel_apart_from_errors():
    assert topic_of(ItemFormat.SENTRY_CHECK_IN) == INGEST_SESSIONS
    assert topic_of(ItemFormat.SENTRY_FEEDBACK) == INGEST_SESSIONS
    assert topic_of(ItemFormat.OTLP_LOGS) == INGEST


def test_an_error_that_a_request_holds_twice_counts_as_a_duplicate():
    assert outcome_of(Reason.SAME_EVENT_ID) is OutcomeKind.DUPLICATE
