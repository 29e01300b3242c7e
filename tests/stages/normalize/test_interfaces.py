"""The interfaces: what each becomes, and that a wrong field costs itself and nothing else."""

import pytest


def test_exceptions_come_in_three_shapes(normalized):
    one = {"type": "ValueError", "value": "bad"}
    for sent in ({"values": [dict(one)]}, [dict(one)], dict(one)):
        assert normalized({"exception": sent})["exception"] == {"values": [one]}


@pytest.mark.parametrize(
    ("sent", "kind", "value"),
    [
        ("ValueError: unauthorized", "ValueError", "unauthorized"),
        ("app.errors.Denied: no", "app.errors.Denied", "no"),
        ("http://example.com is away", None, "http://example.com is away"),
        ("no type here", None, "no type here"),
    ],
)
def test_a_type_in_the_value_is_found(normalized, sent, kind, value):
    exception = normalized({"exception": [{"value": sent}]})["exception"]["values"][0]
    assert exception.get("type") == kind
    assert exception["value"] == value


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


@pytest.mark.parametrize(
    ("template", "params", "formatted"),
    [
        ("paid %s of %d", ["3", 7], "paid 3 of 7"),
        ("user %(name)s", {"name": "ann"}, "user ann"),
        ("%s and %s", ["one"], "one and %s"),
        ("{} {1} {0}", ["a", "b"], "a b a"),
        ("Here is a {kind}", {"kind": "test"}, "Here is a test"),
        ("100 %% of %s", ["all"], "100 % of all"),
        ("{missing}", {"other": 1}, "{missing}"),
    ],
)
def test_parameters_are_filled_in(normalized, template, params, formatted):
    entry = normalized({"logentry": {"message": template, "params": params}})["logentry"]
    assert entry == {"message": template, "params": params, "formatted": formatted}


@pytest.mark.parametrize("event", [{"message": "hi"}, {"logentry": "hi"}, {"message": {"formatted": "hi"}}])
def test_a_message_alone_is_formatted(normalized, event):
    event = normalized(event)
    assert event["logentry"] == {"formatted": "hi"}
    assert "message" not in event


def test_the_request_is_taken_apart(normalized):
    event = normalized(
        {
            "request": {
                "url": "http://shop.test?a=1&b=%20x&flag#top",
                "headers": {"x-one": ["1", "2"], "COOKIE": "s=1; t=2", "content-type": "application/json"},
                "method": "post",
                "data": '{"card": {"no": 1}}',
            }
        }
    )
    assert event["request"] == {
        "url": "http://shop.test/",
        "query_string": [["a", "1"], ["b", " x"], ["flag", ""]],
        "fragment": "top",
        "headers": [["Content-Type", "application/json"], ["X-One", "1,2"]],
        "cookies": [["s", "1"], ["t", "2"]],
        "method": "POST",
        "data": {"card": {"no": 1}},
        "inferred_content_type": "application/json",
    }


@pytest.mark.parametrize(
    ("data", "parsed"),
    [
        ("a=1&b=2&a=3", {"a": ["1", "3"], "b": "2"}),
        ("plain text", "plain text"),
        ("x = y", "x = y"),
        ("<a href='b=c'>", "<a href='b=c'>"),
        ("[1, 2]", [1, 2]),
        ("{broken", "{broken"),
    ],
)
def test_a_body_is_parsed_when_it_reads_as_form_or_json(normalized, data, parsed):
    assert normalized({"request": {"data": data}})["request"]["data"] == parsed


@pytest.mark.parametrize(
    ("event", "context", "address"),
    [
        ({"user": {"ip_address": "{{auto}}"}}, {"client_address": "10.1.2.3"}, "10.1.2.3"),
        ({"user": {"ip_address": "{{auto}}"}}, {}, None),
        ({"platform": "javascript"}, {"client_address": "10.1.2.3"}, "10.1.2.3"),
        ({"platform": "python"}, {"client_address": "10.1.2.3"}, None),
        ({"platform": "python", "request": {"env": {"REMOTE_ADDR": "10.9.9.9"}}}, {}, "10.9.9.9"),
        (
            {"user": {"ip_address": "{{auto}}"}, "sdk": {"settings": {"infer_ip": "never"}}},
            {"client_address": "1.1.1.1"},
            None,
        ),
        (
            {"user": {"ip_address": "{{auto}}"}, "request": {"env": {"REMOTE_ADDR": "10.9.9.9"}}},
            {"client_address": "10.1.2.3"},
            "10.1.2.3",
        ),
        ({"request": {"env": {"REMOTE_ADDR": "{{auto}}"}}}, {"client_address": "10.1.2.3"}, "10.1.2.3"),
        (
            {"platform": "python", "sdk": {"settings": {"infer_ip": "auto"}}},
            {"client_address": "10.1.2.3"},
            "10.1.2.3",
        ),
        (
            {"platform": "javascript", "sdk": {"settings": {"infer_ip": "never"}}},
            {"client_address": "10.1.2.3"},
            None,
        ),
        (
            {"user": {"ip_address": "10.7.7.7"}, "sdk": {"settings": {"infer_ip": "never"}}},
            {"client_address": "10.1.2.3"},
            "10.7.7.7",
        ),
        ({"user": {"ip_address": "[::1]:443"}}, {}, "::1"),
        ({"user": {"ip_address": "nowhere"}}, {}, None),
    ],
)
def test_the_users_address_is_found_as_far_as_the_client_allows(normalized, event, context, address):
    assert normalized(event, **context).get("user", {}).get("ip_address") == address


@pytest.mark.parametrize(
    ("allowed", "client_address", "env"),
    [("auto", "10.1.2.3", {"REMOTE_ADDR": "10.1.2.3"}), ("auto", "", {}), ("never", "10.1.2.3", {})],
)
def test_an_address_that_a_server_leaves_to_us_is_filled_in_or_removed(normalized, allowed, client_address, env):
    event = {
        "request": {"env": {"REMOTE_ADDR": "{{auto}}"}, "method": "GET"},
        "sdk": {"settings": {"infer_ip": allowed}},
    }
    assert normalized(event, client_address=client_address)["request"].get("env", {}) == env


@pytest.mark.parametrize(
    ("sent", "tags"),
    [
        ({"b": 1, "a": None, "c": True}, [["b", "1"], ["c", "True"]]),
        ([["x", "1"], ["x", "2"], "junk"], [["x", "2"]]),
        ([{"key": "k", "value": "v"}], [["k", "v"]]),
        ({"two words": "v", "": "w", "empty": ""}, [["two-words", "v"]]),
    ],
)
def test_tags_are_pairs_of_texts(normalized, sent, tags):
    assert normalized({"tags": sent})["tags"] == tags


def test_tags_that_are_fields_fill_these_in(normalized):
    event = normalized({"release": "1", "tags": {"release": "2", "environment": "prod", "a": "b"}})
    assert (event["release"], event["environment"], event["tags"]) == ("1", "prod", [["a", "b"]])


def test_long_text_is_cut_without_leaving_half_a_number(normalized):
    event = normalized({"tags": {"note": "x" * 185 + " 4111 1111 1111 1111"}})
    assert event["tags"][0][1] == "x" * 185 + "..."
    assert event["_meta"]["tags"]["note"][""] == {"len": 205, "rem": [["!limit", "s", 185, 188]]}


def test_deep_and_wide_trees_are_cut_and_noted(normalized):
    deep = value = {}
    for _ in range(300):
        value["next"] = {}
        value = value["next"]
    event = normalized({"extra": {"deep": deep, "wide": ["x" * 100] * 5000}})
    levels, value = 0, event["extra"]["deep"]
    while value:
        levels, value = levels + 1, value["next"]
    assert levels < 12
    assert len(event["extra"]["wide"]) < 1000
    assert event["_meta"]["extra"]["wide"][""]["len"] == 5000


def test_contexts_know_their_type(normalized):
    event = normalized({"contexts": {"os": {"name": "Linux"}, "cart": {"items": 3}, "empty": {}, "wrong": "x"}})
    assert event["contexts"] == {"os": {"name": "Linux", "type": "os"}, "cart": {"items": 3, "type": "default"}}


@pytest.mark.parametrize(
    ("kind", "sent", "name", "version"),
    [
        ("os", {"raw_description": "Microsoft Windows NT 10.0.19041.0"}, "Windows", "10.0.19041.0"),
        ("os", {"raw_description": "Darwin 21.6.0"}, "Darwin", "21.6.0"),
        (
            "runtime",
            {"raw_description": ".NET Framework 4.0.30319.42000", "build": "461808"},
            ".NET Framework",
            "4.7.2",
        ),
        ("runtime", {"raw_description": ".NET Core 3.1.9"}, ".NET Core", "3.1.9"),
    ],
)
def test_descriptions_are_read(normalized, kind, sent, name, version):
    context = normalized({"contexts": {kind: sent}})["contexts"][kind]
    assert (context["name"], context["version"]) == (name, version)


def test_breadcrumbs_keep_the_newest(normalized):
    event = normalized({"breadcrumbs": [{"message": str(index), "level": "log"} for index in range(150)]})
    crumbs = event["breadcrumbs"]["values"]
    assert (len(crumbs), crumbs[0]["message"], crumbs[-1]["level"]) == (100, "50", "info")


def test_mechanisms_get_the_names_of_their_numbers(normalized):
    event = normalized(
        {
            "platform": "cocoa",
            "exception": [{"type": "E", "mechanism": {"type": "m", "meta": {"signal": {"number": 10, "code": 1}}}}],
        }
    )
    signal = event["exception"]["values"][0]["mechanism"]["meta"]["signal"]
    assert (signal["name"], signal["code_name"]) == ("SIGBUS", "BUS_ADRALN")


def test_unknown_fields_are_kept_and_bounded(normalized):
    event = normalized({"my_field": {"a": 1}, "other": ["x" * 100_000]})
    assert event["my_field"] == {"a": 1}
    assert len(event["other"][0]) <= 64 * 1024


def test_the_sdk_of_the_request_is_taken_when_the_event_names_none(normalized):
    assert normalized({}, sdk="sentry.python/2.75.0")["sdk"] == {"name": "sentry.python", "version": "2.75.0"}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (
            {"type": "pe", "id": "3249D99D0C4049318610F4E4FB0B69361", "name": "a.exe", "image_addr": 4096},
            {
                "type": "pe",
                "debug_id": "3249d99d-0c40-4931-8610-f4e4fb0b6936-1",
                "code_file": "a.exe",
                "image_addr": "0x1000",
            },
        ),
        (
            {"type": "apple", "uuid": "C05B4DDD-69A7-3840-A649-32180D341587", "name": "Foo", "image_vmaddr": "32768"},
            {"type": "apple", "uuid": "c05b4ddd-69a7-3840-a649-32180d341587", "name": "Foo", "image_vmaddr": "0x8000"},
        ),
    ],
)
def test_debug_images_have_one_spelling_of_ids_and_addresses(normalized, sent, stored):
    assert normalized({"debug_meta": {"images": [sent, None, {}]}})["debug_meta"]["images"] == [stored]


def test_what_an_application_says_of_its_user_stands_under_data(normalized):
    event = normalized({"user": {"id": 1, "plan": "gold", "data": {"age": 3}, "nothing": None}})
    assert event["user"] == {"id": "1", "data": {"plan": "gold", "age": 3}}


def test_errno_gets_its_name(normalized):
    event = normalized({"exception": [{"type": "E", "mechanism": {"type": "m", "meta": {"errno": {"number": 2}}}}]})
    assert event["exception"]["values"][0]["mechanism"]["meta"]["errno"]["name"] == "ENOENT"
