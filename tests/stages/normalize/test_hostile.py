"""Any JSON under any name: normalize never raises, what it gives is in form, and stays so a second time."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from errata.config.model import Project
from errata.contracts import odd_json
from errata.stages.normalize import Normalize
from errata.stages.stage import Context

STAGE = Normalize(Project(id=1, slug="shop", keys=()))
CONTEXT = Context(event_id="a" * 32, received_at=1_700_000_000_000_000, client_address="192.0.2.1")

NAMES = st.sampled_from(
    """breadcrumbs contexts csp debug_meta exception expectct extra fingerprint level logentry message modules platform
    release request sdk spans stacktrace tags template threads timestamp user environment sentry.interfaces.Http
    values frames type value mechanism meta signal errno number code handled data headers cookies query_string url
    method env os runtime trace device response raw_description name version build images sdk_info debug_id code_id
    image_addr uuid id ip_address geo city integrations packages params formatted vars pre_context lineno filename
    abs_path registers in_app function span_id trace_id status culprit scts port errors _meta""".split()
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "%s {}",
            "a=1;b",
            "http://x.test/?a=1#b",
            "?",
            "apple",
            "elf",
            "Mac OS X 10.1.2",
            "0x1f",
            "{{auto}}",
            "[1]",
            "a=b&c",
        ]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(NAMES, JSON, max_size=8))
def test_any_json_comes_into_form_and_stays_in_it(event):
    event = odd_json.loads(odd_json.dumps(event))
    once = STAGE(event, CONTEXT)
    assert odd_json.loads(odd_json.dumps(once)) == once
    assert STAGE(copy.deepcopy(once), CONTEXT) == once
