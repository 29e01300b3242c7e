"""Which errors are an extension's and not the page's."""

import pytest

from errata.contracts.outcomes import Reason

PAGE = {"filename": "https://shop.example/app.js"}


def error(*frames, value="x is undefined", platform="javascript"):
    return {
        "platform": platform,
        "exception": {"values": [{"type": "TypeError", "value": value, "stacktrace": {"frames": list(frames)}}]},
    }


@pytest.mark.parametrize(
    "file",
    [
        "chrome-extension://abcdef/content.js",
        "moz-extension://1b2c/content.js",
        "safari-extension://com.example/x.js",
        "safari-web-extension://1B2C/x.js",
        "webkit-masked-url://hidden/",
        "chrome://browser/content/x.js",
        "https://connect.facebook.net/en_US/sdk.js",
        "https://gc.kis.v2.scr.kaspersky-labs.com/B-9B/main.js",
    ],
)
def test_an_error_raised_in_an_extension_is_dropped(ending, file):
    assert ending(error(PAGE, {"abs_path": file}), browser_extensions=True) is Reason.BROWSER_EXTENSION
    event = error(PAGE, {"filename": file}, {"filename": "<anonymous>"})
    assert ending(event, browser_extensions=True) is Reason.BROWSER_EXTENSION
    assert ending(event) is None


def test_an_error_raised_in_the_page_passes_though_an_extension_called_it(ending):
    event = error({"filename": "chrome-extension://abcdef/content.js"}, PAGE)
    assert ending(event, browser_extensions=True) is None
    assert ending(error({"filename": "https://shop.example/chrome-extension://x"}), browser_extensions=True) is None


@pytest.mark.parametrize("value", ["top.GLOBALS", "Can't find variable: ZiteReader", "_avast_submit is not defined"])
def test_an_extensions_message_is_known(ending, value):
    assert ending(error(PAGE, value=value), browser_extensions=True) is Reason.BROWSER_EXTENSION


def test_only_browsers_have_extensions(ending):
    event = error({"filename": "chrome-extension://abcdef/content.js"}, platform="python")
    assert ending(event, browser_extensions=True) is None
