"""The hash that stands for a user: the same for the same one, of no use without the key."""

import pytest

from errata.config.model import Project
from errata.config.scrub import DataType, Method, ScrubRule, ScrubSettings
from errata.stages.scrub import Scrub
from errata.stages.scrub.identity import project_key, scope_of, user_hash
from errata.stages.stage import Context


def test_the_surest_name_of_a_user_decides():
    full = {"id": "7", "email": "a@b.example", "username": "anna", "ip_address": "64.1.2.3"}
    assert (
        user_hash({"user": full}, b"k")
        == user_hash({"user": {"id": "7"}}, b"k")
        == user_hash({"user": {"id": 7}}, b"k")
    )
    hashes = {user_hash({"user": {kind: "same"}}, b"k") for kind in ("id", "email", "username", "ip_address")}
    assert len(hashes) == 4


def test_another_key_gives_another_hash():
    event = {"user": {"id": "7"}}
    assert user_hash(event, b"k") != user_hash(event, b"l")
    assert len(user_hash(event, b"k" * 32)) == 16


def test_projects_hash_apart_unless_they_share_a_scope():
    def key(number, secret=b"s", **settings):
        return project_key(secret, scope_of(Project(id=number, slug="shop", keys=(), scrub=ScrubSettings(**settings))))

    assert key(1) == key(1) != key(2)
    assert key(1, secret=b"t") != key(1)
    assert key(1, hash_scope="all") == key(2, hash_scope="all") != key(1)
    assert key(1, hash_scope="2") != key(2)
    assert len(key(1)) == 32
    assert key(1, secret=b"") == key(2, secret=b"") == b""


def test_the_same_value_is_hashed_differently_in_another_project():
    rule = ScrubRule(type=DataType.EMAIL, method=Method.HASH)

    def hashed(number):
        scrub = Scrub(Project(id=number, slug="shop", keys=(), scrub=ScrubSettings(rules=(rule,))))
        event = scrub(
            {"extra": {"a": "to anna@shop.example"}}, Context(event_id="0" * 32, received_at=0, hash_key=b"k")
        )
        return event["extra"]["a"]

    assert hashed(1) == hashed(1) != hashed(2)


@pytest.mark.parametrize("user", [None, "anna", {}, {"id": ""}, {"id": None}, {"id": True}, {"ip_address": "{{auto}}"}])
def test_who_can_not_be_told_apart_has_no_hash(user):
    assert user_hash({"user": user}, b"k") == ""


def test_the_hash_is_of_the_user_before_scrubbing():
    event = {"user": {"email": "anna@shop.example"}}
    project = Project(id=1, slug="shop", keys=())
    expected = user_hash(event, project_key(b"k", scope_of(project)))
    scrub = Scrub(project)
    once = scrub(event, Context(event_id="0" * 32, received_at=0, hash_key=b"k"))
    assert once["user"] == {"email": "[email]"}
    assert once["errata"]["user"] == expected
    assert scrub(once, Context(event_id="0" * 32, received_at=0, hash_key=b"k"))["errata"]["user"] == expected
