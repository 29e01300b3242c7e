"""The stage as a whole: off by default, and no event makes it fail."""

from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from errata.config.filters import FilterSettings, LegacyBrowsers
from errata.config.model import Project
from errata.contracts.outcomes import Dropped, Reason
from errata.stages.filter import FILTERS, Filter
from errata.stages.normalize import Normalize
from errata.stages.stage import Context

EVERYTHING = MappingProxyType(
    {
        "ignore_types": ("Boom*",),
        "ignore_messages": ("*boom*",),
        "ignore_releases": ("boom@*",),
        "ignore_addresses": ("10.0.0.0/8", "2001:db8::/32"),
        "localhost": True,
        "web_crawlers": True,
        "legacy_browsers": LegacyBrowsers(ie=12, chrome=111),
        "browser_extensions": True,
        "health_checks": True,
    }
)
LOCAL_CRAWLER = {
    "platform": "javascript",
    "request": {"url": "http://localhost:3000/", "headers": [["User-Agent", "Googlebot/2.1"]]},
    "user": {"ip_address": "127.0.0.1"},
    "transaction": "/healthz",
    "exception": {"values": [{"type": "Boom", "value": "top.GLOBALS"}]},
}


def test_a_project_without_filters_drops_nothing(ending):
    assert ending(LOCAL_CRAWLER) is None


def test_each_filter_has_a_reason_of_its_own(ending):
    assert len({reason for reason, _ in FILTERS}) == len(FILTERS)
    assert ending(LOCAL_CRAWLER, **EVERYTHING) is Reason.LOCALHOST


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
frames = st.fixed_dictionaries({"frames": st.lists(st.fixed_dictionaries({"filename": anything}) | anything)})
exceptions = st.fixed_dictionaries({}, optional={"type": anything, "value": anything, "stacktrace": frames | anything})
events = st.fixed_dictionaries(
    {},
    optional={
        "platform": st.just("javascript") | anything,
        "release": anything,
        "transaction": anything,
        "logentry": anything,
        "user": st.fixed_dictionaries({"ip_address": anything}) | anything,
        "request": st.fixed_dictionaries(
            {"url": anything, "headers": st.dictionaries(st.just("User-Agent"), anything) | anything}
        )
        | anything,
        "exception": st.fixed_dictionaries({"values": st.lists(exceptions | anything, max_size=3)}) | anything,
    },
)


@settings(deadline=None)
@given(events, st.text(max_size=20), st.text(max_size=20))
def test_no_event_makes_a_filter_fail(event, client_address, user_agent):
    project = Project(id=1, slug="shop", keys=(), filters=FilterSettings(**EVERYTHING))
    context = Context(event_id="a" * 32, received_at=0, client_address=client_address, user_agent=user_agent)
    event = Normalize(project)(event, context)
    try:
        assert Filter(project)(event, context) is event
    except Dropped as dropped:
        assert dropped.reason in {reason for reason, _ in FILTERS}  # noqa: PT017 - most events end without one
