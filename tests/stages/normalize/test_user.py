"""Who was affected, and from where."""

import pytest


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


def test_what_an_application_says_of_its_user_stands_under_data(normalized):
    event = normalized({"user": {"id": 1, "plan": "gold", "data": {"age": 3}, "nothing": None}})
    assert event["user"] == {"id": "1", "data": {"plan": "gold", "age": 3}}


@pytest.mark.parametrize(
    ("user", "errors"),
    [
        ({"data": "x"}, ["data"]),
        ({"email": 1, "username": 2, "name": True}, ["email", "username", "name"]),
        ({"geo": {"city": 1}}, ["geo.city"]),
        ({"geo": "here"}, ["geo"]),
        ({"id": {"a": 1}}, ["id"]),
    ],
)
def test_a_wrong_field_of_a_user_is_removed(normalized, errors_of, user, errors):
    assert errors_of({"user": dict(user)}) == [("invalid_data", f"user.{name}") for name in errors]
    assert "user" not in normalized({"user": user})


@pytest.mark.parametrize(("sent", "stored"), [(7, "7"), (7.0, "7"), (True, "True"), (1.5, "1.5"), (1e-7, "0.0000001")])
def test_an_id_may_be_any_scalar(normalized, sent, stored):
    assert normalized({"user": {"id": sent}})["user"] == {"id": stored}


def test_a_number_that_lost_its_last_digits_is_no_id(errors_of):
    assert errors_of({"user": {"id": 1e17}}) == [("invalid_data", "user.id")]


def test_what_the_application_says_beside_its_data_wins(normalized):
    assert normalized({"user": {"plan": "gold", "data": {"plan": "iron"}}})["user"] == {"data": {"plan": "gold"}}
