"""Where a blocked resource is from is told coarsely, whatever the browser wrote."""

import pytest

from errata.contracts.reports import origin_of


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://user@Evil.example:8443/a.png?b#c", "evil.example:8443"),
        ("https://evil.example?q=/", "evil.example"),
        ("chrome-extension://abc/script.js", "chrome-extension://abc"),
        ("data:image/png;base64,AAAA", "data:"),
        ("blob", "blob:"),
        ("inline", "inline"),
        ("self", "'self'"),
        ("", "'self'"),
        (None, "'self'"),
    ],
)
def test_an_address_is_told_by_host_scheme_or_the_browsers_word(uri, origin):
    assert origin_of(uri) == origin
