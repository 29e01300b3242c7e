"""Tags."""

import pytest


@pytest.mark.parametrize(
    ("sent", "tags"),
    [
        ({"b": 1, "a": None, "c": True}, [["b", "1"], ["c", "True"]]),
        ([["x", "1"], ["x", "2"], "junk"], [["x", "1"]]),
        ([[" two words ", " v "]], [["two-words", "v"]]),
        ({"n": 1.0, "list": ["a"]}, [["n", "1"]]),
        ([{"key": "k", "value": "v"}], [["k", "v"]]),
        ({"two words": "v", "": "w", "empty": " "}, [["two-words", "v"]]),
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


def test_wrong_tags_are_counted_from_the_first(errors_of):
    assert errors_of({"tags": [None, ["a", "b"], "junk", ["k" * 300, "v"], ["c", {}]]}) == [
        ("invalid_data", "tags.2"),
        ("value_too_long", "tags.3.0"),
        ("invalid_data", "tags.4.1"),
    ]


def test_a_tag_that_is_a_field_is_cleaned_like_it(normalized, errors_of):
    assert "release" not in normalized({"tags": {"release": "latest"}})
    assert errors_of({"tags": {"release": "latest"}}) == [("invalid_data", "tags.release")]
