"""Reading a configuration: whole or not at all, and a mistake is told with its file and line."""

import json
import os
from pathlib import Path

import pytest

from errata.config.loading import ConfigError, ConfigFolder, load_config, parse_project

SHOP = """\
id: 1
slug: shop
keys:
  - id: web
    public: aaaa
"""
OTHER = SHOP.replace("id: 1", "id: 2").replace("shop", "other").replace("aaaa", "bbbb")
RULE = {"name": "New", "conditions": []}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "projects").mkdir()
    (tmp_path / "alerts").mkdir()
    (tmp_path / "projects" / "shop.yaml").write_text(SHOP)
    return tmp_path


def write(folder, name, text):
    """Write a file as an editor would: a later time, so that it is seen."""
    path = folder / name
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_projects_are_found_by_id_and_by_key(folder):
    write(folder, "projects/other.yaml", OTHER)
    config = load_config(folder)
    assert {project.slug for project in config.projects.values()} == {"shop", "other"}
    project, key = config.keys["bbbb"]
    assert (project.id, key.id, key.disabled) == (2, "web", False)


def test_alert_rules_belong_to_the_project_of_their_file_and_may_be_missing(folder):
    write(folder, "projects/other.yaml", OTHER)
    write(folder, "alerts/shop.json", json.dumps([RULE]))
    assert load_config(folder).alert_rules == {1: (RULE,), 2: ()}


def test_the_hash_changes_with_any_file_and_with_nothing_else(folder):
    first = load_config(folder).hash
    assert load_config(folder).hash == first
    write(folder, "projects/shop.yaml", SHOP + "name: A shop\n")
    second = load_config(folder).hash
    write(folder, "alerts/shop.json", json.dumps([RULE]))
    assert len({first, second, load_config(folder).hash}) == 3


def test_a_folder_without_projects_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match=r"no project file .* `errata up`"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SHOP + "colour: red\n", 6, "unknown field `colour`"),
        (SHOP.replace("id: 1", "id: one"), 1, "Expected `int`"),
        (SHOP.replace("public: aaaa", "public: 7"), 5, "Expected `str`"),
        (SHOP.replace("    public: aaaa\n", ""), 4, "missing required field `public`"),
        (SHOP + "scrub:\n  scrub_data: true\n  scrub_defaults: perhaps\n", 8, "Expected `bool`"),
        (SHOP + "scrub:\n  scrub_dta: true\n", 7, "unknown field `scrub_dta`"),
        (SHOP + "filters: [", 6, "expected"),
        (SHOP + "filters:\n  ignore_addresses: [10.0.0.0/8, 300.1.1.1]\n", 6, "'300.1.1.1' does not appear"),
        (SHOP + "filters:\n  legacy_browsers:\n    ie: -1\n", 8, "Expected `int` >= 0"),
        (SHOP + "limits:\n  origins:\n    - shop.example\n    - https://[\n", 9, "Expected `str` matching"),
        (SHOP + "limits:\n  origins: [shop.example/path]\n", 7, "Expected `str` matching"),
        (SHOP + "limits:\n  rates:\n    - items: 1\n      categories: [errors]\n", 9, "error|"),
        (SHOP + "limits:\n  quotas: [{items: -1}]\n", 7, "Expected `int` >= 0"),
        (SHOP + f"limits:\n  quotas: [{{items: {2**60}}}]\n", 7, "Expected `int` <"),
        (SHOP + "    rates:\n      - {items: 5, seconds: 0}\n", 7, "Expected `int` >= 1"),
        (SHOP + "    quotas:\n      - {itms: 5}\n", 7, "unknown field `itms`"),
        (SHOP + "limits:\n  spikes: {factor: 0.5}\n", 7, "Expected `float` >= 1"),
        ("slug: shop\n\tid: 1\n", 2, "found character"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, line, words):
    with pytest.raises(ConfigError) as told:
        parse_project(text.encode(), tmp_path / "shop.yaml")
    assert str(told.value).startswith(f"{tmp_path}/shop.yaml:{line}: ")
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [('[\n{"name": "New",}\n]', 2), ('{"name": "New"}', 1), ('["New"]', 1), ("", 1)],
)
def test_a_mistake_in_the_rules_is_told_with_its_line(folder, text, line):
    write(folder, "alerts/shop.json", text)
    with pytest.raises(ConfigError) as told:
        load_config(folder)
    assert str(told.value).startswith(f"{folder}/alerts/shop.json:{line}: ")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (OTHER.replace("id: 2", "id: 1"), "id 1 is also that of project"),
        (OTHER.replace("other", "shop"), "slug shop is taken"),
        (OTHER.replace("bbbb", "aaaa"), "same `public` as a key of"),
    ],
)
def test_projects_that_clash_are_refused(folder, other, words):
    write(folder, "projects/z.yaml", other)
    with pytest.raises(ConfigError, match=words):
        load_config(folder)


def test_a_change_is_taken_up_once(folder):
    config = ConfigFolder(folder)
    assert not config.refresh()
    write(folder, "projects/shop.yaml", SHOP + "name: A shop\n")
    assert config.refresh()
    assert config.current.projects[1].name == "A shop"
    assert not config.refresh()


def test_a_new_project_is_taken_up_and_a_removed_one_let_go(folder):
    config = ConfigFolder(folder)
    write(folder, "projects/other.yaml", OTHER)
    assert config.refresh()
    assert "bbbb" in config.current.keys
    (folder / "projects" / "other.yaml").unlink()
    assert config.refresh()
    assert "bbbb" not in config.current.keys


def test_a_broken_change_leaves_the_last_good_configuration_in_force_and_is_told(folder):
    config = ConfigFolder(folder)
    good = config.current
    write(folder, "projects/shop.yaml", "id: [")
    assert not config.refresh()
    assert config.current is good
    assert "shop.yaml" in str(config.broken)
    assert not config.refresh()
    assert config.broken is not None
    write(folder, "projects/shop.yaml", SHOP + "name: A shop\n")
    assert config.refresh()
    assert config.broken is None


def test_a_change_that_is_taken_back_is_no_new_configuration_but_mends_a_broken_one(folder):
    config = ConfigFolder(folder)
    write(folder, "projects/shop.yaml", "id: [")
    config.refresh()
    write(folder, "projects/shop.yaml", SHOP)
    assert not config.refresh()
    assert config.broken is None


def test_limits_of_every_kind_can_be_set_together():
    text = (
        SHOP
        + """\
    rates: [{items: 500, categories: [error]}]
    quotas: [{items: 100000}]
limits:
  rates: [{items: 6000}, {items: 100, seconds: 1, categories: [session, monitor]}]
  quotas: [{items: 1000000, categories: [error]}]
  spikes: {factor: 10, at_least: 600}
  origins: ["*", localhost, "https://*.shop.example:8443", "[::1]"]
"""
    )
    project = parse_project(text.encode(), Path("shop.yaml"))
    (key,) = project.keys
    assert (key.rates[0].seconds, key.quotas[0].items) == (60, 100_000)
    assert project.limits.rates[1].categories == ("session", "monitor")
    assert project.limits.quotas[0].categories == ("error",)
