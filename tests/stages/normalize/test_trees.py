"""Free trees: kept, in bounds."""


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


def test_unknown_fields_are_kept_and_bounded(normalized):
    event = normalized({"my_field": {"a": 1}, "other": ["x" * 100_000]})
    assert event["my_field"] == {"a": 1}
    assert len(event["other"][0]) <= 64 * 1024


def test_an_interface_has_a_bounded_number_of_fields(normalized):
    frame = {"function": "f", **{f"k{index}": index for index in range(5000)}, "lineno": 3}
    registers = {f"r{index}": index for index in range(5000)}
    event = normalized({"stacktrace": {"frames": [frame], "registers": registers}})
    kept = event["stacktrace"]["frames"][0]
    assert (kept["function"], kept["lineno"], kept["k0"], len(kept) <= 200) == ("f", 3, 0, True)
    assert len(event["stacktrace"]["registers"]) == 256
    assert event["_meta"]["stacktrace"]["frames"]["0"][""]["len"] == 5002
