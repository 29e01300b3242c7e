"""Settings, rules and what they leave behind in an event."""

import msgspec
import orjson
import pytest
from tests.stages.scrub.scrubbing import CARD, scrubbed

from errata.config.scrub import DataType, Method, ScrubRule, ScrubSettings


def test_an_event_without_secrets_is_left_as_it_is():
    event = {"logentry": {"formatted": "order 7 failed"}, "tags": [["area", "checkout"]]}
    assert scrubbed(event) == {
        "logentry": {"formatted": "order 7 failed"},
        "tags": [["area", "checkout"]],
        "errata": {},
    }


def test_a_redaction_is_noted_with_its_range_and_counted_by_rule():
    event = scrubbed({"extra": {"note": f"größe {CARD} und {CARD}"}})
    assert event["extra"]["note"] == "größe [Filtered] und [Filtered]"
    assert event["_meta"] == {
        "extra": {
            "note": {"": {"rem": [["@creditcard:filter", "s", 6, 16], ["@creditcard:filter", "s", 21, 31]], "len": 43}}
        }
    }
    assert event["errata"]["redactions"] == {"@creditcard:filter": 2}


def test_remarks_of_the_client_are_kept():
    event = scrubbed(
        {"extra": {"note": CARD}, "_meta": {"extra": {"note": {"": {"rem": [["!limit", "s", 1, 2]], "len": 99}}}}}
    )
    assert event["_meta"]["extra"]["note"][""] == {
        "rem": [["!limit", "s", 0, 10], ["@creditcard:filter", "s", 0, 10]],
        "len": 99,
    }


def test_scrub_data_off_touches_nothing():
    rule = ScrubRule(type=DataType.ANYTHING, method=Method.REMOVE, source="extra.**")
    event = scrubbed({"extra": {"password": CARD}}, rule, scrub_data=False, scrub_ip_addresses=True)
    assert event == {"extra": {"password": CARD}, "errata": {}}


def test_the_two_switches_are_independent():
    event = {"extra": {"password": "x", "mail": "anna@shop.example"}}
    assert scrubbed({"extra": dict(event["extra"])}, scrub_personal=False)["extra"] == {
        "password": "[Filtered]",
        "mail": "anna@shop.example",
    }
    assert scrubbed({"extra": dict(event["extra"])}, scrub_defaults=False)["extra"] == {
        "password": "x",
        "mail": "[email]",
    }


def test_single_types_can_be_left_alone():
    event = scrubbed({"extra": {"a": "anna@shop.example from 64.1.2.3"}}, disabled=(DataType.IP,))
    assert event["extra"]["a"] == "[email] from 64.1.2.3"


def test_fields_that_hold_addresses_are_cleared_only_when_asked():
    def event():
        return {"user": {"ip_address": "64.1.2.3"}, "request": {"env": {"REMOTE_ADDR": "64.1.2.3"}}}

    assert scrubbed(event())["user"] == {"ip_address": "64.1.2.3"}
    cleared = scrubbed(event(), scrub_ip_addresses=True)
    assert cleared["user"] == {"ip_address": None}
    assert cleared["request"] == {"env": {"REMOTE_ADDR": None}}
    assert cleared["_meta"]["user"] == {"ip_address": {"": {"rem": [["@anything:remove", "x"]]}}}


def test_a_rule_of_the_project_is_for_address_fields_too():
    event = {"user": {"ip_address": "64.1.2.3"}}
    assert scrubbed(event, ScrubRule(type=DataType.IP, source="$user.**"))["user"] == {"ip_address": "[ip]"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10.0.0.1:8080", "[ip]:8080"), ("10.1.2.3", "[ip]"), ("ip=1.2.3.4,5.6.7.8", "ip=[ip],[ip]")],
)
def test_a_rule_of_the_project_finds_addresses_that_could_be_versions(text, expected):
    event = scrubbed({"extra": {"x": text}}, ScrubRule(type=DataType.IP))
    assert event["extra"]["x"] == expected


def test_rules_of_the_project_go_by_form():
    rules = [ScrubRule(type=kind) for kind in (DataType.EMAIL, DataType.BEARER, DataType.CREDITCARD)]
    text = "Anna Exner <anna.exner@shop.example> Bearer abc, 4111 1111 1111 1112"
    event = scrubbed({"extra": {"x": text}}, *rules, scrub_personal=False, scrub_defaults=False)
    assert event["extra"]["x"] == "Anna Exner <[email]> Bearer [token] [creditcard]"


def test_addresses_in_a_list_are_as_the_first_of_them():
    assert scrubbed({"extra": {"x": "ip=1.2.3.4,5.6.7.8"}})["extra"]["x"] == "ip=[ip],[ip]"
    assert scrubbed({"extra": {"x": "1.2.3.4,5.6.7.8"}})["extra"]["x"] == "1.2.3.4,5.6.7.8"


def test_a_context_named_after_a_secret_keeps_its_kind_but_nothing_else():
    event = scrubbed({"contexts": {"secretctx": {"type": "default", "a": "x"}, "token": {"type": "canary", "b": "y"}}})
    assert event["contexts"] == {
        "secretctx": {"type": "default", "a": "[Filtered]"},
        "token": {"type": "[Filtered]", "b": "[Filtered]"},
    }


def test_keys_below_a_name_of_a_secret_do_not_show_in_remarks():
    event = scrubbed({"contexts": {"pass": {"pass": {"64.0.0.100": 1}, "bob@shop.example": {"64.0.0.100": "x"}}}})
    written = orjson.dumps(event)
    assert b"64.0.0.100" not in written
    assert b"bob@" not in written


def test_what_is_no_address_is_looked_at_in_an_address_field():
    assert scrubbed({"user": {"ip_address": CARD}})["user"] == {"ip_address": "[Filtered]"}


def test_sensitive_fields_redact_what_they_name_and_texts_that_mention_them():
    event = scrubbed(
        {"extra": {"my_colour": "red", "n": {"colours": 7}}, "logentry": {"formatted": "the colour is red"}},
        sensitive_fields=("colour", " "),
    )
    assert event["extra"] == {"my_colour": "[Filtered]", "n": {"colours": None}}
    assert event["logentry"]["formatted"] == "[Filtered]"


def test_excluded_fields_are_never_touched():
    event = scrubbed({"extra": {"Password": "x", "note": CARD}}, exclude_fields=("password", "NOTE", ""))
    assert event["extra"] == {"Password": "x", "note": CARD}


def test_flags_and_empty_values_under_secret_keys_say_nothing():
    values = {"password": "", "has_token": True, "secret": None, "credentials": [], "api_key": {}}
    assert scrubbed({"extra": dict(values)})["extra"] == values


def test_names_of_code_are_kept():
    frame = {
        "function": "reset_password",
        "module": "auth.token",
        "filename": "logo@example.com.js",
        "package": "1.34.5.6",
        "vars": {"token": "x"},
    }
    event = {
        "exception": {"values": [{"type": "AuthToken", "module": "a.secret", "stacktrace": {"frames": [dict(frame)]}}]},
        "modules": {"django-auth-token": "2.1.0.64", "secretstorage": "3.3"},
        "release": "shop@64.1.2.3",
    }
    result = scrubbed(event)
    kept = result["exception"]["values"][0]["stacktrace"]["frames"][0]
    assert kept == {**frame, "vars": {"token": "[Filtered]"}}
    assert result["modules"] == {"django-auth-token": "2.1.0.64", "secretstorage": "3.3"}
    assert result["release"] == "shop@64.1.2.3"


def test_versions_are_no_addresses():
    values = {"os": {"version": "64.1.2.3"}, "custom": {"dotnet": "4.0.1.0"}}
    assert scrubbed({"contexts": dict(values)})["contexts"] == values


def test_source_code_keeps_its_assignments_but_no_literals():
    frame = {"context_line": "token = get_token()", "pre_context": ['password = "hunter2"', "auth: str = None"]}
    event = scrubbed({"exception": {"values": [{"stacktrace": {"frames": [dict(frame)]}}]}})
    kept = event["exception"]["values"][0]["stacktrace"]["frames"][0]
    assert kept == {
        "context_line": "token = get_token()",
        "pre_context": ['password = "[Filtered]"', "auth: str = None"],
    }


def test_personal_data_in_keys_goes_and_equal_keys_stay_apart():
    event = scrubbed({"extra": {"anna@shop.example": 1, "bob@shop.example": {"password": "x"}, "area": 2}})
    assert event["extra"] == {"[email]": 1, "[email] 3": {"password": "[Filtered]"}, "area": 2} or event["extra"] == {
        "[email]": 1,
        "[email] 2": {"password": "[Filtered]"},
        "area": 2,
    }
    (renamed,) = (key for key in event["extra"] if key not in ("[email]", "area"))
    assert event["_meta"]["extra"][renamed]["password"][""]["rem"] == [["@password:filter", "s", 0, 10]]


def test_numbers_can_be_cards():
    event = scrubbed({"extra": {"card": int(CARD), "at": 1_700_000_000_000}})
    assert event["extra"] == {"card": "[Filtered]", "at": 1_700_000_000_000}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.REMOVE, "pay  now"),
        (Method.REPLACE, "pay [creditcard] now"),
        (Method.MASK, "pay ************1111 now"),
        (Method.HASH, "pay B6C1E7DA3F6FE6C37ED2C3A4D2F0F30FD1B31D28 now"),
    ],
)
def test_a_rule_of_the_project_decides_before_the_defaults(method, expected):
    rule = ScrubRule(type=DataType.CREDITCARD, method=method, name="cards")
    event = scrubbed({"extra": {"x": f"pay {CARD} now"}}, rule)
    if method is Method.HASH:
        again = scrubbed({"extra": {"x": f"pay {CARD} now"}}, rule)
        assert event["extra"] == again["extra"]
        assert len(event["extra"]["x"]) == len(expected)
    else:
        assert event["extra"]["x"] == expected
    assert event["errata"]["redactions"] == {"cards": 1}


def test_a_rule_is_for_the_places_of_its_source():
    rule = ScrubRule(type=DataType.PATTERN, pattern=r"^cust-\d+$", source="extra.** && !safe", text="[customer]")
    event = scrubbed(
        {"extra": {"a": "cust-1", "b": ["cust-2", "x cust-3"], "safe": "cust-4"}, "tags": [["c", "cust-5"]]}, rule
    )
    assert event["extra"] == {"a": "[customer]", "b": ["[customer]", "x cust-3"], "safe": "cust-4"}
    assert event["tags"] == [["c", "cust-5"]]


def test_general_sources_spare_names_of_code_and_named_ones_do_not():
    pattern = {"type": DataType.PATTERN, "pattern": "pay"}
    frame = {"function": "pay"}
    assert scrubbed({"stacktrace": {"frames": [dict(frame)]}}, ScrubRule(**pattern))["stacktrace"]["frames"] == [frame]
    named = scrubbed({"stacktrace": {"frames": [dict(frame)]}}, ScrubRule(**pattern, source="$frame.function"))
    assert named["stacktrace"]["frames"] == [{"function": "[Filtered]"}]


def test_anything_can_be_removed():
    rule = ScrubRule(type=DataType.ANYTHING, method=Method.REMOVE, source="request.data")
    event = scrubbed({"request": {"data": {"a": 1}, "method": "GET"}}, rule)
    assert event["request"] == {"data": None, "method": "GET"}
    assert event["_meta"] == {"request": {"data": {"": {"rem": [["@anything:remove", "x"]]}}}}


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"type": "pattern", "pattern": "(a"}, "RE2 cannot read it: missing )"),
        ({"type": "pattern", "pattern": "(?=a)b"}, "RE2 cannot read it"),
        ({"type": "pattern", "pattern": "a*"}, "matches the empty text"),
        ({"type": "pattern", "pattern": "a" * 2001}, "more than 2000"),
        ({"type": "pattern"}, "must not be empty"),
        ({"type": "email", "pattern": "a"}, "belongs to type `pattern`"),
        ({"type": "email", "source": "$nothing"}, "$nothing is unknown"),
        ({"type": "telepathy"}, "Invalid enum value"),
        ({"type": "email", "method": "eat"}, "Invalid enum value"),
    ],
)
def test_a_rule_that_can_not_work_is_refused_when_it_is_loaded(rule, reason):
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert({"rules": [rule]}, ScrubSettings)
    assert reason in str(refused.value)


@pytest.mark.parametrize("name", ["sid", "connect.sid", "koa.sess.sig", "laravel_session", "PHPSESSID"])
def test_a_cookie_that_names_a_session_goes(name):
    event = scrubbed({"request": {"cookies": [[name, "tea"], ["lang", "de"]]}})
    assert event["request"]["cookies"] == [[name, "[Filtered]"], ["lang", "de"]]


def test_what_names_a_session_as_a_cookie_may_be_an_id_elsewhere():
    event = scrubbed({"extra": {"sid": "S-1-5-21", "session": "morning"}, "tags": [["sid", "AC77"]]})
    assert event["extra"] == {"sid": "S-1-5-21", "session": "morning"}
    assert event["tags"] == [["sid", "AC77"]]


def test_a_projects_word_with_a_blank_means_a_tag_too_whose_blanks_became_hyphens():
    event = scrubbed({"tags": [["my-pet", "Rex"]], "extra": {"my pet": "Rex"}}, sensitive_fields=("my pet",))
    assert event["tags"] == [["my-pet", "[Filtered]"]]
    assert event["extra"] == {"my pet": "[Filtered]"}
