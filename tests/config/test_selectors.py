"""The selector language: what each form means, and what is refused with a reason."""

import pytest

from errata.config.selectors import MAX_DEPTH, SelectorError, parse

FRAME = ("exception", "values", 0, "stacktrace", "frames", 2)


@pytest.mark.parametrize(
    ("selector", "path", "value", "expected"),
    [
        ("foo", ("extra", "deep", "foo"), "x", True),
        ("foo", ("extra", "FOO"), "x", True),
        ("foo", ("foo", "below"), "x", False),
        ("extra.foo", ("extra", "foo"), "x", True),
        ("extra.foo", ("extra", "x", "foo"), "x", False),
        ("extra.*", ("extra", "foo"), "x", True),
        ("extra.*", ("extra", "foo", "bar"), "x", False),
        ("extra.**", ("extra", "foo", "bar"), "x", True),
        ("extra.**", ("extra",), {}, False),
        ("$request.**", ("request",), {}, False),
        ("$error.value", ("exception", "values", 0, "value"), "x", True),
        ("$http.headers.**", ("request", "headers", 0, 1), "x", True),
        ("$clientsdk.name", ("sdk", "name"), "x", True),
        ("$attachments.'a.txt'", ("attachments", "a.txt"), "x", False),
        ("extra.**.bar", ("extra", "a", "b", "bar"), "x", True),
        ("exception.value", ("exception", "values", 0, "value"), "x", True),
        ("$exception.value", ("exception", "values", 3, "value"), "x", True),
        ("$frame.vars.order", (*FRAME, "vars", "order"), "x", True),
        ("$frame.vars.**", (*FRAME, "vars", "order", "id"), 7, True),
        ("$user.*", ("extra", "user", "name"), "x", False),
        ("$request.data.**", ("request", "data", "a", 0, "b"), "x", True),
        ("$string", ("extra", "x"), "x", True),
        ("$string", ("extra", "x"), 1, False),
        ("$number", ("extra", "x"), 1.5, True),
        ("$number", ("extra", "x"), True, False),
        ("$boolean", ("extra", "x"), True, True),
        ("$array", ("extra", "x"), [], True),
        ("$object", ("extra", "x"), {}, True),
        ("$datetime", ("extra", "x"), "2026-11-23T10:00:00Z", True),
        ("extra.$number", ("extra", "x"), 7, True),
        ("extra.$number", ("tags", "x"), 7, False),
        ("'odd.key'", ("extra", "odd.key"), "x", True),
        ("'it''s'", ("extra", "it's"), "x", True),
        ("'*'", ("extra", "x"), "x", False),
        ("foo && !extra.foo", ("tags", "foo"), "x", True),
        ("foo && !extra.foo", ("extra", "foo"), "x", False),
        ("foo || bar", ("bar",), "x", True),
        ("(foo || bar) && $number", ("bar",), "x", False),
        ("!!foo", ("foo",), "x", True),
        ("a || b && c", ("a",), "x", True),
        ("**", ("anything", "at", "all"), "x", True),
    ],
)
def test_a_selector_means_places(selector, path, value, expected):
    assert parse(selector)(path, value) is expected


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        ("", "column 1: expected a key"),
        ("foo &&", "column 7: expected a key"),
        ("foo.", "expected a key"),
        ("(foo", "expected `)`"),
        ("foo bar", "column 5: expected `&&` or `||`"),
        ("$nothing", "$nothing is unknown; there are $string"),
        ("foo & bar", "column 5: unexpected character"),
        ("'open", "column 1: unexpected character"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), "nested deeper"),
        ("a" * 5000, "at most 4096 characters"),
    ],
)
def test_what_is_no_selector_is_refused_with_the_place(selector, reason):
    with pytest.raises(SelectorError) as refused:
        parse(selector)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("selector", "names"),
    [("$string", False), ("**", False), ("$string && !foo", False), ("extra.**", True), ("'a'", True)],
)
def test_a_selector_tells_whether_it_names_a_key(selector, names):
    assert parse(selector).names_keys is names
