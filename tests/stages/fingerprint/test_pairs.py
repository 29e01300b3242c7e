"""Pairs of frames of every ecosystem: one place in the code seen twice is one group, a near miss is another."""

import pytest
from tests.stages.fingerprint.making import event, exception, frame, frames, group

SAME = {
    "a Python environment of another version": (
        "python",
        {"function": "pay", "filename": "/srv/venv/lib/python3.10/site-packages/shop/cart.py"},
        {"function": "pay", "filename": "/home/ann/.venv/lib/python3.12/site-packages/shop/cart.py"},
    ),
    "a script from another host, with another hash": (
        "javascript",
        {"function": "pay", "abs_path": "https://cdn1.example/assets/cart.3f2a1b9c.js"},
        {"function": "pay", "abs_path": "http://cdn2.example/assets/cart.9e8d7c6b.js"},
    ),
    "Chrome and Firefox": (
        "javascript",
        {"function": "new Cart.pay", "abs_path": "https://shop.example/cart.js"},
        {"function": "async*pay", "abs_path": "https://shop.example/cart.js"},
    ),
    "a Node project in another folder": (
        "node",
        {"function": "Object.pay", "filename": "/app/dist/cart.js"},
        {"function": "pay", "filename": "/home/ann/shop/dist/cart.js"},
    ),
    "React Native on Android and on iOS": (
        "javascript",
        {"function": "pay", "abs_path": "app:///index.android.bundle"},
        {"function": "pay", "abs_path": "app:///main.jsbundle"},
    ),
    "a Java lambda with another number": (
        "java",
        {"function": "lambda$pay$3", "module": "shop.Cart"},
        {"function": "lambda$pay$7", "module": "shop.Cart"},
    ),
    "a Java proxy generated again": (
        "java",
        {"function": "pay", "module": "shop.Cart$$EnhancerBySpringCGLIB$$3f2a1b9c"},
        {"function": "pay", "module": "shop.Cart$$EnhancerBySpringCGLIB$$77aa88bb"},
    ),
    "a Kotlin lambda with another number": (
        "java",
        {"function": "onCreate$lambda$2", "module": "shop.MainActivity"},
        {"function": "onCreate$lambda-4", "module": "shop.MainActivity"},
    ),
    "a .NET state machine": (
        "csharp",
        {"function": "MoveNext", "module": "Shop.Cart+<Pay>d__3"},
        {"function": "MoveNext", "module": "Shop.Cart+<Pay>d__8"},
    ),
    "a Go closure with another number": (
        "go",
        {"function": "Pay.func1", "module": "shop/cart"},
        {"function": "Pay.func2.1", "module": "shop/cart"},
    ),
    "a PHP closure before and since 8.4": (
        "php",
        {"function": "Shop\\{closure}", "filename": "/srv/1/cart.php"},
        {"function": "{closure:Shop\\Cart::pay():12}", "filename": "/srv/2/cart.php"},
    ),
    "Ruby before and since 3.4": (
        "ruby",
        {"function": "block in pay", "filename": "/srv/1/cart.rb"},
        {"function": "block (2 levels) in Cart#pay", "filename": "/srv/2/cart.rb"},
    ),
    "a Rust symbol with another hash": (
        "native",
        {"function": "shop::pay::h0123456789abcdef"},
        {"function": "shop::pay::hfedcba9876543210"},
    ),
    "a C++ function with and without its types": (
        "native",
        {"function": "void shop::Cart<int>::pay(int) const [clone .isra.0]"},
        {"function": "shop::Cart<long>::pay(long) const"},
    ),
    "a Swift closure specialized": (
        "cocoa",
        {"function": "closure #1 in Cart.pay()"},
        {"function": "specialized closure #2 in Cart.pay()"},
    ),
    "an Elixir function with another number": (
        "elixir",
        {"function": "anonymous fn/1 in pay/2", "module": "Shop.Cart"},
        {"function": "anonymous fn/0 in pay/2", "module": "Shop.Cart"},
    ),
    "Lua from another line": (
        "lua",
        {"function": "function <cart.lua:12>", "filename": "cart.lua"},
        {"function": "function <cart.lua:15>", "filename": "cart.lua"},
    ),
}

PLATFORMS = (
    "python javascript node java kotlin android csharp go php ruby native c cocoa swift rust dart elixir perl lua "
    "powershell other"
).split()


def crash(platform, fields, **thrown):
    return event(exception(frame(in_app=True, **fields), **thrown), platform=platform)


@pytest.mark.parametrize("name", SAME)
def test_one_place_in_the_code_is_one_group_however_it_is_written(name):
    platform, one, other = SAME[name]
    assert group(crash(platform, one)) == group(crash(platform, other))


@pytest.mark.parametrize("name", SAME)
def test_what_is_cleaned_leaves_names_that_tell_functions_apart(name):
    platform, one, _ = SAME[name]
    near = {
        key: text.replace("pay", "refund").replace("Pay", "Refund").replace("onCreate", "onStop")
        for key, text in one.items()
    }
    if platform == "php":
        near["filename"] = "/srv/1/refunds.php"  # a closure has no name: its file is what tells it
    if platform == "lua":
        near["function"] = "function <refunds.lua:12>"
    assert group(crash(platform, one)) != group(crash(platform, near))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_another_function_type_or_cause_is_another_group_on_every_platform(platform):
    stack = frames("+main", "+pay")
    others = [
        event(exception(*stack), platform=platform),
        event(exception(*frames("+main", "+refund")), platform=platform),
        event(exception(*frames("+main", "+pay", "+refund")), platform=platform),
        event(exception(*stack, kind="KeyError"), platform=platform),
        event(exception(*frames("+connect"), kind="OSError"), exception(*stack), platform=platform),
    ]
    assert len({group(one) for one in others}) == len(others)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_line_address_value_and_depth_of_recursion_do_not_count_on_any_platform(platform):
    once = exception(*frames("+main", "+walk", "+leaf", lineno=3, instruction_addr="0x1000"), value="order 1")
    again = exception(
        *frames("+main", "+walk", "+walk", "+walk", "+leaf", lineno=9, instruction_addr="0x7fff0000"), value="order 2"
    )
    assert group(event(once, platform=platform)) == group(event(again, platform=platform))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("order 17 of ann@example.com", "order 18 of bob@example.org", True),
        ("GET https://a.example/1 took 3.2 s", "GET https://b.example/2 took 14 ms", True),
        ("HTTP 404", "HTTP 500", False),
        ("cannot read", "cannot write", False),
        ("exit code 1", "exit code 137", False),
    ],
)
def test_messages_without_a_stack_differ_by_what_is_no_value(one, other, same):
    assert (group(event(exception(value=one))) == group(event(exception(value=other)))) is same
