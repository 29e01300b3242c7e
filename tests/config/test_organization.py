"""The organization and its tokens: read with the rest, told with the line of a mistake, hashes only."""

import pytest

from errata.config.loading import ConfigError, ConfigFolder, load_config
from errata.config.tokens import ApiToken, Scope, find_token, hash_token

SECRET = "ab" * 32
ENTRY = f'{{name: ci, sha256: "{hash_token(SECRET)}", scopes: ["org:ci"]}}'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "shop.yaml").write_text("id: 1\nslug: shop\nkeys: []\n")
    return tmp_path


def test_without_a_file_there_is_an_organization_that_nobody_may_enter(folder):
    organization = load_config(folder).organization
    assert (organization.slug, organization.tokens) == ("errata", ())


def test_a_file_of_comments_only_is_as_good_as_none(folder):
    (folder / "organization.yaml").write_text("# nothing yet\n")
    assert load_config(folder).organization.slug == "errata"


def test_a_new_token_is_taken_up_and_changes_no_hash(folder):
    config = ConfigFolder(folder)
    before = config.current.hash
    (folder / "organization.yaml").write_text(f"tokens:\n  - {ENTRY}\n")
    config.refresh()
    assert [token.name for token in config.current.organization.tokens] == ["ci"]
    assert config.current.hash == before


@pytest.mark.parametrize(
    ("text", "line"),
    [("slug: [", 1), ("slug: a\ntokens:\n  - {name: x, sha256: abc, scopes: []}", 3), ("slug: a\nodd: 1", 2)],
)
def test_a_mistake_is_told_with_file_and_line(folder, text, line):
    (folder / "organization.yaml").write_text(text)
    with pytest.raises(ConfigError, match=rf"organization\.yaml:{line}: "):
        load_config(folder)


def test_a_token_is_found_by_itself_only():
    token = ApiToken(name="ci", sha256=hash_token(SECRET), scopes=(Scope.ORG_CI,))
    other = ApiToken(name="other", sha256=hash_token("other"), scopes=())
    assert find_token([other, token], SECRET) is token
    for wrong in ("", SECRET.upper(), SECRET + " ", token.sha256, "\ud800"):
        assert find_token([other, token], wrong) is None


def test_a_disabled_token_is_not_found():
    token = ApiToken(name="ci", sha256=hash_token(SECRET), scopes=(), disabled=True)
    assert find_token([token], SECRET) is None
