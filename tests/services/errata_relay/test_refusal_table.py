"""Why the relay says no: each reason has a status, an outcome and headers that clients read."""

from errata.contracts.outcomes import OutcomeKind, Reason
from errata_relay.refusals import REFUSALS, Refused, headers_of, outcome_of, rate_limits


def test_a_reason_that_is_answered_is_counted_as_what_its_status_says():
    for reason, refusal in REFUSALS.items():
        limited = outcome_of(reason) is OutcomeKind.RATE_LIMITED
        assert limited == (refusal.status == 429), reason
        assert limited == any(name == b"retry-after" for name, _ in headers_of(Refused(reason))), reason


def test_a_sentence_fits_into_one_byte_of_protobuf():
    assert max(len(refusal.detail) for refusal in REFUSALS.values()) < 128


def test_what_is_not_kept_on_purpose_is_filtered_and_what_clients_report_is_theirs():
    assert outcome_of(Reason.UNSUPPORTED_ITEM) is OutcomeKind.FILTERED
    assert outcome_of(Reason.SAMPLED) is OutcomeKind.FILTERED
    assert outcome_of(Reason.BEFORE_SEND) is OutcomeKind.CLIENT_DISCARD
    assert outcome_of(Reason.OTHER_DISCARD) is OutcomeKind.CLIENT_DISCARD


def test_several_limits_are_told_together_and_the_longest_is_the_time_to_wait():
    other = Refused(Reason.QUOTA, frozenset({"session", "monitor"}), seconds=900, scope="key")
    refused = Refused(Reason.SPIKE, frozenset({"error"}), seconds=30, scope="project", others=(other,))
    assert dict(rate_limits(refused)) == {
        b"retry-after": b"900",
        b"x-sentry-rate-limits": b"30:error:project:spike, 900:monitor;session:key:quota",
    }


def test_a_limit_on_everything_names_no_category():
    refused = Refused(Reason.RATE_LIMIT, seconds=30, scope="project")
    assert dict(rate_limits(refused))[b"x-sentry-rate-limits"] == b"30::project:rate_limit"
