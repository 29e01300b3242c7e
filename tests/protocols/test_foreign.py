"""Fields are taken out of a body as they are mapped, and what is not taken stays in it."""

from errata.protocols import foreign


def test_of_a_long_list_both_ends_are_taken_and_the_rest_is_counted():
    tree = {"frames": [{"n": number} for number in range(10)]}
    assert [entry["n"] for entry in foreign.take_trees(tree, "frames", 5)] == [0, 1, 2, 8, 9]
    assert tree == {"frames": [{"left_out": 5}]}


def test_of_a_long_list_of_breadcrumbs_the_last_are_taken():
    tree = {"trail": [{"n": number} for number in range(103)]}
    assert [entry["n"] for entry in foreign.take_crumbs(tree, "trail")] == list(range(3, 103))
    assert tree == {"trail": [{"left_out": 3}]}


def test_what_is_no_object_stays_in_its_list():
    tree = {"frames": [1, {"n": 1}, "two"], "none": [], "text": "frames"}
    assert foreign.take_trees(tree, "frames", 5) == [{"n": 1}]
    assert foreign.take_trees(tree, "none", 5) == foreign.take_trees(tree, "text", 5) == []
    assert tree == {"frames": [1, "two"], "text": "frames"}
