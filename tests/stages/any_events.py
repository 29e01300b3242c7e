"""Events for tests: any JSON, most of it where a stage looks for something."""

from hypothesis import strategies as st

text = st.text(max_size=30)
scalar = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | text
tree = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4), max_leaves=20
)
field = st.sampled_from(
    """exception logentry message stacktrace threads request user breadcrumbs contexts tags extra level platform
    timestamp fingerprint sdk debug_meta release environment errors _meta errata csp template spans modules
    sentry.interfaces.Http""".split()
)
frame = st.dictionaries(
    st.sampled_from(
        "function filename abs_path module lineno colno in_app vars package pre_context context_line".split()
    ),
    tree,
    max_size=6,
)
shaped = st.fixed_dictionaries(
    {
        "exception": st.fixed_dictionaries(
            {
                "values": st.lists(
                    st.fixed_dictionaries(
                        {
                            "type": text,
                            "value": tree,
                            "stacktrace": st.fixed_dictionaries({"frames": st.lists(frame, max_size=3)}),
                        }
                    ),
                    max_size=2,
                )
            }
        )
    }
)
events = st.dictionaries(field | text, tree, max_size=8) | st.builds(
    dict.__or__, st.dictionaries(field, tree, max_size=4), shaped
)
