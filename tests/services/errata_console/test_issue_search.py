"""Queries of issue lists become conditions whose values are parameters, never part of the SQL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata_console.answers import ApiError, offset_of
from errata_console.issue_rows import issue_of, number_of
from errata_console.issue_search import condition_of


def test_an_empty_query_asks_for_every_issue() -> None:
    assert condition_of("  ") == ("1", {})


def test_keys_and_words_are_all_required() -> None:
    condition = condition_of('is:unresolved level:error "lost connection" boom')
    assert condition.sql.count(" AND ") == 3
    assert list(condition.parameters.values()) == ["unresolved", "error", "lost connection", "boom"]


@pytest.mark.parametrize("word", ["muted", "ignored", "archived"])
def test_archived_has_the_names_that_it_had_over_the_years(word) -> None:
    assert condition_of(f"is:{word}").parameters == {"term0": "archived"}


@pytest.mark.parametrize("query", ["is:odd", "level:odd", "assigned:me", "x" * 1001])
def test_what_is_not_known_is_refused_in_words(query) -> None:
    with pytest.raises(ApiError) as refused:
        condition_of(query)
    assert refused.value.status == 400


@given(st.text(max_size=200))
def test_no_text_of_a_client_stands_in_the_sql(text) -> None:
    try:
        condition = condition_of(text)
    except ApiError:
        return
    known = condition_of("a " * 100).sql
    assert set(condition.sql) <= set(known) | set("statuslevelplatformfirst_releaselast_releaseshort_idIN= (),1")


@given(st.integers(0, (1 << 64) - 1))
def test_an_issue_and_its_number_name_each_other(number) -> None:
    assert number_of(issue_of(str(number))) == str(number)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "x", "٣", str(1 << 64), "9" * 50])
def test_what_is_no_issue_number_is_refused(text) -> None:
    with pytest.raises(ApiError):
        issue_of(text)


@pytest.mark.parametrize("cursor", ["1", "a:b:c", "0:-1:0", "0:9999999999:0", "0:1:0:0"])
def test_a_cursor_that_no_list_gave_is_refused(cursor) -> None:
    with pytest.raises(ApiError):
        offset_of(cursor)
