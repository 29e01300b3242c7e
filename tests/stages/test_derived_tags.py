"""Tags that an event has without anyone setting them."""

from errata.stages.derived_tags import derived_tags
from errata.stages.describe import describe


def test_fields_contexts_and_mechanism_become_tags():
    event = {
        "level": "error",
        "release": "1.0",
        "user": {"id": "7"},
        "request": {"url": "http://shop.test/"},
        "contexts": {
            "browser": {"name": "Firefox", "version": "105.0"},
            "os": {"name": "Ubuntu"},
            "device": {"model": "iPad"},
            "app": {"device_app_hash": "5678"},
        },
    }
    assert dict(derived_tags(event, {"mechanism": {"type": "generic", "handled": False}})) == {
        "app.device": "5678",
        "browser": "Firefox 105.0",
        "browser.name": "Firefox",
        "device": "iPad",
        "handled": "no",
        "level": "error",
        "mechanism": "generic",
        "os.name": "Ubuntu",
        "release": "1.0",
        "url": "http://shop.test/",
    }


def test_a_tag_that_someone_set_wins():
    event = describe({"level": "error", "tags": [["level", "my own"]]})
    assert event["tags"] == [["level", "my own"]]


def test_the_end_of_a_line_is_no_part_of_a_tag():
    event = {"contexts": {"os": {"name": "Debian", "version": "12.11\n"}, "device": {"model": " iPad\n"}}}
    assert derived_tags(event, None) == [["device", "iPad"], ["os", "Debian 12.11"], ["os.name", "Debian"]]
