"""What brings a resolved issue back, and what does not."""

import pytest

from errata.issues.regression import Resolution, baseline, regression

SEEN = {"1.3.0": 1, "1.4.0": 2, "sha-a": 10, "sha-b": 20}


@pytest.mark.parametrize(
    ("resolution", "release", "received_at", "comes_back"),
    [
        pytest.param(Resolution(100, "1.3.0"), "1.4.0", 101, True, id="a later release"),
        pytest.param(Resolution(100, "1.3.0"), "1.3.0", 101, False, id="the same release"),
        pytest.param(Resolution(100, "1.3.0"), "1.2.9", 101, False, id="an older release, received later"),
        pytest.param(Resolution(100, "1.3.0"), "1.4.0", 100, False, id="a later release, received before the resolve"),
        pytest.param(Resolution(100, "1.3.0"), "", 101, False, id="no release, resolved in one"),
        pytest.param(Resolution(100), "", 101, True, id="no release at all"),
        pytest.param(Resolution(100), "1.4.0", 101, True, id="a release, resolved in none"),
        pytest.param(Resolution(100), "", 99, False, id="no release at all, received before"),
        pytest.param(Resolution(100, "sha-a"), "sha-b", 101, True, id="a commit first seen later"),
        pytest.param(Resolution(100, "sha-b"), "sha-a", 101, False, id="a commit first seen earlier"),
        pytest.param(Resolution(100, "sha-c"), "sha-b", 101, False, id="resolved in a commit not yet deployed"),
        pytest.param(Resolution(100, "1.3.0", ("999.9.9",)), "999.9.9", 101, False, id="a release it was seen in once"),
        pytest.param(
            Resolution(100, "1.3.0", ("999.9.9",)), "1.4.0", 101, True, id="a later one despite a spoofed one"
        ),
    ],
)
def test_an_issue_comes_back_only_in_a_later_release(
    resolution: Resolution, release: str, received_at: int, comes_back: bool
) -> None:
    assert (regression(resolution, received_at, release, SEEN) is not None) is comes_back


def test_the_reason_names_both_releases_and_the_rule() -> None:
    reason = regression(Resolution(100, "shop@1.9.0"), 101, "shop@1.10.0", {})
    assert reason == "seen in shop@1.10.0, which is later than shop@1.9.0, where it was resolved (semantic versions)"


@pytest.mark.parametrize(
    ("releases", "latest"),
    [
        ({}, ("", ())),
        ({"1.4.0": 1}, ("1.4.0", ())),
        ({"1.4.0": 1, "1.3.0": 1}, ("1.4.0", ())),
        ({"1.3.0": 5, "999.9.9": 1}, ("1.3.0", ("999.9.9",))),
        ({"1.10.0": 2, "1.9.0": 7}, ("1.10.0", ())),
        ({"sha-b": 2, "sha-a": 2}, ("sha-b", ())),
    ],
)
def test_the_baseline_is_the_latest_release_that_was_seen_twice(
    releases: dict[str, int], latest: tuple[str, tuple[str, ...]]
) -> None:
    assert baseline(releases, SEEN) == latest
