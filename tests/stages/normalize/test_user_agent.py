"""Contexts that the user agent tells."""

FIREFOX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:105.0) Gecko/20100101 Firefox/105.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 15_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/15.4 Mobile/15E148 Safari/604.1"
)


def test_browser_and_system_come_from_the_request(normalized):
    event = normalized({"request": {"headers": {"User-Agent": FIREFOX}}})
    assert event["contexts"] == {
        "browser": {"name": "Firefox", "version": "105.0", "type": "browser"},
        "os": {"name": "Ubuntu", "type": "os"},
    }


def test_what_the_client_said_itself_stays(normalized):
    event = normalized({"contexts": {"os": {"name": "Linux"}}, "request": {"headers": {"User-Agent": IPHONE}}})
    assert event["contexts"]["os"] == {"name": "Linux", "type": "os"}
    assert event["contexts"]["client_os"]["name"] == "iOS"
    assert event["contexts"]["device"]["model"] == "iPhone"


def test_a_browsers_connection_tells_when_its_event_does_not(normalized):
    assert "browser" in normalized({"platform": "javascript"}, user_agent=FIREFOX)["contexts"]
    assert "contexts" not in normalized({"platform": "python"}, user_agent=FIREFOX)


def test_a_user_agent_that_nobody_knows_tells_nothing(normalized):
    assert "contexts" not in normalized({"request": {"headers": {"User-Agent": "x" * 100_000}}})
