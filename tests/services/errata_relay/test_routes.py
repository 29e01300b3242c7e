"""Which paths are whose."""

import pytest

from errata_relay.routes import Kind, Target, target_of


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api/42/envelope/", Target(Kind.ENVELOPE, "42")),
        ("/api/42/envelope", Target(Kind.ENVELOPE, "42")),
        ("/a/b/c/api/42/envelope/", Target(Kind.ENVELOPE, "42")),
        ("/api/42/store/", Target(Kind.STORE, "42")),
        ("/api/store/", Target(Kind.STORE, "")),
        ("/prefix/api/store", Target(Kind.STORE, "")),
        ("/api/x/store/", Target(Kind.TUNNEL, "")),
        ("/api/42/minidump/", Target(Kind.TUNNEL, "")),
        ("/store", Target(Kind.TUNNEL, "")),
        ("/tunnel", Target(Kind.TUNNEL, "")),
        ("/", Target(Kind.TUNNEL, "")),
        ("", Target(Kind.TUNNEL, "")),
    ],
)
def test_a_path_has_its_target(path, target):
    assert target_of(path) == target
