"""Attributes of resource and record find their field, and none overwrites another."""

from errata.protocols.otlp.resources import describe_resource, describe_user


def test_a_user_who_is_named_twice_keeps_both_names():
    event: dict = {}
    describe_user(event, {"user.id": "7", "enduser.id": "u-7", "enduser.role": "admin", "user.email": "a@ex.org"})
    assert event["user"] == {"id": "7", "enduser.id": "u-7", "role": "admin", "email": "a@ex.org"}


def test_the_older_name_of_a_user_counts_where_it_is_alone():
    event: dict = {}
    describe_user(event, {"enduser.id": "u-7"})
    assert event["user"] == {"id": "u-7"}


def test_more_attributes_than_an_event_has_tags_stay_attributes():
    attributes = {f"k{number}": "v" for number in range(203)}
    event: dict = {}
    describe_resource(event, attributes)
    assert (len(event["tags"]), list(attributes)) == (200, ["k200", "k201", "k202"])
