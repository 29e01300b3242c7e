"""Which browsers are too old, and who is a robot."""

import pytest

from errata.config.filters import LegacyBrowsers
from errata.contracts.outcomes import Reason

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IE9 = "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"
IE11 = "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"
EDGE18 = f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763"
EDGE120 = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0"
CHROME114 = f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/114.0.0.0 Mobile Safari/537.36"
SAFARI11 = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 11_0 like Mac OS X) AppleWebKit/604.1.38 (KHTML, like Gecko) "
    "Version/11.0 Mobile/15A372 Safari/604.1"
)
FIREFOX100 = "Mozilla/5.0 (Android 11; Mobile; rv:100.0) Gecko/100.0 Firefox/100.0"
OPERA12 = "Opera/9.80 (Windows NT 6.0) Presto/2.12.388 Version/12.14"
OPERA_MINI7 = "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10"
ANDROID2 = (
    "Mozilla/5.0 (Linux; U; Android 2.3.5; en-us; HTC Vision Build/GRI40) AppleWebKit/533.1 (KHTML, like Gecko) "
    "Version/4.0 Mobile Safari/533.1"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CRAWLERS = [
    GOOGLEBOT,
    f"Mozilla/5.0 (Linux; Android 6.0.1) {WEBKIT} Chrome/100.0.1 Mobile Safari/537.36 (compatible; Googlebot/2.1)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mediapartners-Google",
]
PEOPLE = [EDGE120, CHROME114, SAFARI11, IE11, "CUBOT NOTE Android", "Slack/4.1 (iPhone)", "curl/8.0", "?"]


def page(user_agent):
    return {"platform": "javascript", "request": {"headers": [["Accept", "*/*"], ["User-Agent", user_agent]]}}


@pytest.mark.parametrize(
    ("user_agent", "browser", "version"),
    [
        (IE9, "ie", 9),
        (IE11, "ie", 11),
        (EDGE18, "edge", 18),
        (EDGE120, "edge", 120),
        (CHROME114, "chrome", 114),
        (SAFARI11, "safari", 11),
        (FIREFOX100, "firefox", 100),
        (OPERA12, "opera", 12),
        (OPERA_MINI7, "opera_mini", 7),
        (ANDROID2, "android", 2),
    ],
)
def test_a_browser_before_the_first_version_kept_is_dropped(ending, user_agent, browser, version):
    def kept_from(first):
        return ending(page(user_agent), legacy_browsers=LegacyBrowsers(**{browser: first}))

    assert kept_from(version + 1) is Reason.LEGACY_BROWSER
    assert kept_from(version) is None
    everything = LegacyBrowsers(**dict.fromkeys(LegacyBrowsers.__struct_fields__, 9999) | {browser: 0})
    assert ending(page(user_agent), legacy_browsers=everything) is None


@pytest.mark.parametrize("user_agent", ["", "?", "Firefox", "curl/8.0"])
def test_a_browser_that_nobody_knows_is_not_known_to_be_old(ending, user_agent):
    everything = LegacyBrowsers(**dict.fromkeys(LegacyBrowsers.__struct_fields__, 9999))
    assert ending(page(user_agent), legacy_browsers=everything) is None


@pytest.mark.parametrize("user_agent", CRAWLERS)
def test_crawlers_are_dropped(ending, user_agent):
    assert ending(page(user_agent), web_crawlers=True) is Reason.WEB_CRAWLER
    assert ending(page(user_agent)) is None


@pytest.mark.parametrize("user_agent", PEOPLE)
def test_people_are_not_taken_for_crawlers(ending, user_agent):
    assert ending(page(user_agent), web_crawlers=True) is None


def test_a_browsers_connection_counts_and_a_servers_does_not(ending):
    assert ending({"platform": "javascript"}, user_agent=GOOGLEBOT, web_crawlers=True) is Reason.WEB_CRAWLER
    assert ending({"platform": "python"}, user_agent=GOOGLEBOT, web_crawlers=True) is None


def test_a_crawler_that_calls_itself_an_old_browser_is_a_crawler(ending):
    settings = {"web_crawlers": True, "legacy_browsers": LegacyBrowsers(chrome=9999)}
    assert ending(page(CRAWLERS[1]), **settings) is Reason.WEB_CRAWLER
