"""Stack traces and frames."""

import pytest


def test_a_wrong_frame_field_is_removed_and_noted(normalized):
    event = normalized({"exception": [{"type": "E", "stacktrace": {"frames": [{"function": 1, "filename": "a.py"}]}}]})
    assert event["exception"]["values"][0]["stacktrace"]["frames"] == [{"filename": "a.py", "abs_path": "a.py"}]
    assert event["errors"] == [
        {"type": "invalid_data", "name": "exception.values.0.stacktrace.frames.0.function", "value": 1}
    ]


def test_a_long_stack_keeps_both_ends(normalized):
    frames = [{"function": f"f{index}", "lineno": index} for index in range(999)]
    event = normalized({"stacktrace": {"frames": frames}})
    kept = event["stacktrace"]["frames"]
    assert (len(kept), kept[0]["lineno"], kept[124]["lineno"], kept[125]["lineno"], kept[-1]["lineno"]) == (
        250,
        0,
        124,
        874,
        998,
    )
    assert event["stacktrace"]["frames_omitted"] == [125, 874]
    assert event["_meta"]["stacktrace"]["frames"][""]["len"] == 999


@pytest.mark.parametrize(
    ("platform", "frame", "in_app"),
    [
        ("python", {"abs_path": "/usr/lib/python3.11/site-packages/django/x.py"}, False),
        ("python", {"abs_path": "/srv/shop/views.py"}, True),
        ("node", {"filename": "/srv/node_modules/express/index.js"}, False),
        ("node", {"filename": "node:internal/timers"}, False),
        ("node", {"filename": "events.js"}, False),
        ("node", {"filename": "/srv/app.js"}, True),
        ("javascript", {"abs_path": "chrome-extension://x/y.js"}, False),
        ("javascript", {"abs_path": "https://shop.example/app.js"}, True),
        ("ruby", {"abs_path": "/var/lib/gems/2.7/rack.rb"}, False),
        ("go", {"module": "net/http", "function": "serve"}, False),
        ("go", {"module": "main", "function": "main"}, True),
        ("java", {"module": "org.springframework.web.Filter"}, False),
        ("java", {"module": "com.example.shop.Cart"}, True),
        ("php", {"abs_path": "/app/vendor/laravel/x.php"}, False),
        ("csharp", {"module": "System.Linq.Enumerable"}, False),
        ("native", {"package": "/usr/lib/libc.so.6"}, False),
        ("cocoa", {"package": "/private/var/containers/Bundle/Application/X/Shop.app/Shop"}, True),
        ("cocoa", {"package": "/private/var/containers/Bundle/Application/X/Shop.app/Frameworks/A.framework/A"}, False),
        ("python", {"abs_path": "/srv/site-packages/x.py", "in_app": True}, True),
    ],
)
def test_frames_are_marked_by_the_rules_of_their_platform(normalized, platform, frame, in_app):
    event = normalized({"platform": platform, "stacktrace": {"frames": [frame]}})
    assert event["stacktrace"]["frames"][0]["in_app"] is in_app


def test_the_short_name_of_a_url_is_its_path(normalized):
    event = normalized({"platform": "javascript", "stacktrace": {"frames": [{"filename": "http://x.test/a/b.js"}]}})
    frame = event["stacktrace"]["frames"][0]
    assert (frame["abs_path"], frame["filename"]) == ("http://x.test/a/b.js", "/a/b.js")


def test_a_null_frame_keeps_its_place(normalized):
    event = normalized({"stacktrace": {"frames": [None, {"function": "f"}]}})
    assert event["stacktrace"]["frames"] == [None, {"function": "f"}]


@pytest.mark.parametrize(
    ("stack", "errors"),
    [
        ({}, [("missing_attribute", "stacktrace.frames")]),
        ({"frames": None}, [("missing_attribute", "stacktrace.frames")]),
        ({"frames": []}, [("invalid_data", "stacktrace.frames")]),
        ({"frames": "f"}, [("invalid_data", "stacktrace.frames")]),
        ("f", [("invalid_data", "stacktrace")]),
    ],
)
def test_a_stack_has_frames(normalized, errors_of, stack, errors):
    assert errors_of({"stacktrace": stack}) == errors
    assert "stacktrace" not in normalized({"stacktrace": stack})


@pytest.mark.parametrize(
    "name", ["app:///index.bundle", "capacitor://localhost/app.js", "ionic://localhost/app.js", "webpack:///./a.js"]
)
def test_an_address_that_is_no_place_on_the_web_is_a_name_as_it_is(normalized, name):
    frame = normalized({"stacktrace": {"frames": [{"filename": name}]}})["stacktrace"]["frames"][0]
    assert (frame["abs_path"], frame["filename"]) == (name, name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("https://x.test/a/b.js?v=3#x", "/a/b.js"),
        ("applewebdata://0BB1/script.js", "/script.js"),
        ("file:///srv/a.js", "/srv/a.js"),
        ("http://x.test", "http://x.test"),
        ("http://[::1/a.js", "http://[::1/a.js"),
    ],
)
def test_the_short_name_of_a_path_is_found(normalized, path, name):
    assert normalized({"stacktrace": {"frames": [{"abs_path": path}]}})["stacktrace"]["frames"][0]["filename"] == name


def test_a_file_name_that_the_client_gives_stays(normalized):
    sent = {"filename": "http://x.test/a.js", "abs_path": "http://x.test/a.js"}
    assert normalized({"stacktrace": {"frames": [dict(sent)]}})["stacktrace"]["frames"] == [sent]


def test_fields_of_a_frame_are_in_form(normalized, errors_of):
    sent = {
        "function": "main",
        "symbol": "?",
        "lineno": "12",
        "stack_start": True,
        "instruction_addr": 123456,
        "symbol_addr": "123450",
        "image_addr": "0x0",
        "vars": ["a", 1],
        "pre_context": [None, "x = 1", 3],
        "colno": -1,
    }
    event = normalized({"stacktrace": {"frames": [sent], "registers": {"rip": 16, "rsp": "0X1F", "bad": "x"}}})
    assert event["stacktrace"] == {
        "frames": [
            {
                "function": "main",
                "lineno": 12,
                "stack_start": True,
                "instruction_addr": "0x1e240",
                "symbol_addr": "0x1e23a",
                "image_addr": "0x0",
                "vars": {"0": "a", "1": 1},
                "pre_context": ["", "x = 1", "3"],
                "context_line": "",
            }
        ],
        "registers": {"rip": "0x10", "rsp": "0x1f", "bad": None},
    }
    assert [note["name"] for note in event["errors"]] == ["stacktrace.registers.bad", "stacktrace.frames.0.colno"]


def test_the_lines_nearest_to_the_frame_are_kept(normalized):
    lines = [str(number) for number in range(100)]
    frame = normalized(
        {"stacktrace": {"frames": [{"lineno": 1, "pre_context": list(lines), "post_context": list(lines)}]}}
    )["stacktrace"]["frames"][0]
    assert (frame["pre_context"][0], frame["pre_context"][-1]) == ("75", "99")
    assert (frame["post_context"][0], frame["post_context"][-1]) == ("0", "24")
