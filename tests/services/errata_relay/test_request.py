"""A request's head as the relay reads it."""

from errata_relay.request import headers_by_name


def test_a_header_on_several_lines_is_one_with_commas():
    lines = [(b"x-forwarded-for", b"192.0.2.1"), (b"host", b"h"), (b"x-forwarded-for", b"10.0.0.1")]
    assert headers_by_name(lines) == {b"x-forwarded-for": b"192.0.2.1, 10.0.0.1", b"host": b"h"}
    assert headers_by_name(lines[:2]) == dict(lines[:2])
