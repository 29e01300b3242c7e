"""Stack traces of each language are read back into exceptions and frames, oldest first."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errata.protocols.otlp.stack_text import exceptions_of

PYTHON = """Traceback (most recent call last):
  File "/app/bank.py", line 40, in charge
    return cart["total"]
           ~~~~^^^^^^^^^
KeyError: 'total'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/views.py", line 12, in pay
    raise CartError("empty")
  File "/app/deep.py", line 3, in again
    again()
  [Previous line repeated 975 more times]
cart.CartError: empty
and over a second line
"""
GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/app/views.py", line 3, in pay
  |     raise ExceptionGroup("two", errors)
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +------------------------------------
"""
V8 = """Error: no card
    at Cart.pay [as checkout] (/srv/app/cart.js:9:5)
    at async Promise.all (index 0)
    at new Order (file:///srv/app/order.mjs:3:11)
    at async /srv/app/main.js:1:1
    at node:internal/timers:519:7"""
GECKO = "total@https://shop.example/app.js:2:7\n@https://shop.example/app.js:1:420\n"
JAVA = """com.shop.CartException: empty
\tat com.shop.Cart.pay(Cart.java:12)
\tat com.shop.Cart$Proxy.<init>(Unknown Source)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.lang.IllegalStateException: no total
\tat com.shop.Bank.charge(Bank.java:40)
\t... 2 more"""
RUBY = """app/cart.rb:12:in `total': empty (CartError)
\tfrom app/main.rb:3:in 'Object#pay'
\tfrom bin/rails:4:in `<main>'"""
GO = """goroutine 18 [running]:
main.(*Cart).Pay(0x14000112f30, {0x0, 0x0})
\t/srv/app/cart.go:12 +0x1d
example.com/shop/web.Handle(...)
\t/srv/app/web/handle.go:40
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3285 +0x4b4

goroutine 1 [IO wait]:
main.main()
\t/srv/app/main.go:1 +0x1"""
DOTNET = """Shop.CartException: empty
 ---> System.InvalidOperationException: no total
   at Shop.Bank.Charge(Cart cart) in /src/Bank.cs:line 40
   --- End of inner exception stack trace ---
   at Shop.Cart.Pay(Int32 n) in /src/Cart.cs:line 12
   at Shop.Program.Main()"""
PHP = "#0 /srv/app/cart.php(12): Cart->pay(Array)\n#1 /srv/app/index.php(3): main()\n#2 {main}"


def frames(exception):
    return [
        (frame.get("function"), frame.get("filename"), frame.get("lineno"))
        for frame in exception["stacktrace"]["frames"]
    ]


def test_python_with_a_cause_marks_repeats_and_a_value_of_two_lines():
    cause, raised = exceptions_of(PYTHON, "python")
    assert (cause["type"], cause["value"]) == ("KeyError", "'total'")
    assert frames(cause) == [("charge", "/app/bank.py", 40)]
    assert cause["stacktrace"]["frames"][0]["context_line"] == '    return cart["total"]'
    assert (raised["type"], raised["value"]) == ("cart.CartError", "empty\nand over a second line")
    assert frames(raised) == [("pay", "/app/views.py", 12), ("again", "/app/deep.py", 3)]
    assert raised["stacktrace"]["frames"][1]["repeated"] == 975


def test_python_exception_group_is_the_group_itself():
    (group,) = exceptions_of(GROUP, "python")
    assert group["type"] == "ExceptionGroup"
    assert frames(group) == [("pay", "/app/views.py", 3)]


@pytest.mark.parametrize(
    ("platform", "text", "expected"),
    [
        (
            "node",
            V8,
            [
                (None, "node:internal/timers", 519),
                (None, "/srv/app/main.js", 1),
                ("Order", "/srv/app/order.mjs", 3),
                ("Cart.pay [as checkout]", "/srv/app/cart.js", 9),
            ],
        ),
        (
            "javascript",
            GECKO,
            [(None, "https://shop.example/app.js", 1), ("total", "https://shop.example/app.js", 2)],
        ),
        ("ruby", RUBY, [("<main>", "bin/rails", 4), ("Object#pay", "app/main.rb", 3), ("total", "app/cart.rb", 12)]),
        (
            "go",
            GO,
            [
                ("(*Server).Serve", "/usr/local/go/src/net/http/server.go", 3285),
                ("Handle", "/srv/app/web/handle.go", 40),
                ("(*Cart).Pay", "/srv/app/cart.go", 12),
            ],
        ),
        ("php", PHP, [("main", "/srv/app/index.php", 3), ("Cart->pay", "/srv/app/cart.php", 12)]),
    ],
)
def test_frames_of_a_language(platform, text, expected):
    (exception,) = exceptions_of(text, platform)
    assert frames(exception) == expected


def test_java_with_a_cause():
    cause, raised = exceptions_of(JAVA, "java")
    assert (cause["type"], cause["value"]) == ("java.lang.IllegalStateException", "no total")
    assert frames(cause) == [("charge", "Bank.java", 40)]
    assert frames(raised) == [("run", "Thread.java", 840), ("<init>", None, None), ("pay", "Cart.java", 12)]
    assert [frame["module"] for frame in raised["stacktrace"]["frames"]] == [
        "java.lang.Thread",
        "com.shop.Cart$Proxy",
        "com.shop.Cart",
    ]


def test_dotnet_with_an_inner_exception():
    inner, outer = exceptions_of(DOTNET, "csharp")
    assert (inner["type"], inner["value"]) == ("System.InvalidOperationException", "no total")
    assert frames(inner) == [("Charge", "/src/Bank.cs", 40)]
    assert frames(outer) == [("Main", None, None), ("Pay", "/src/Cart.cs", 12)]


@pytest.mark.parametrize("platform", ["python", "node", "java", "ruby", "go", "csharp", "php", "other", "elixir"])
def test_text_without_a_frame_has_no_exceptions(platform):
    assert exceptions_of("nothing to see\nhere", platform) == []


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["python", "node", "java", "ruby", "go", "csharp", "php"]),
    st.lists(
        st.sampled_from(
            [line for text in (PYTHON, GROUP, V8, GECKO, JAVA, RUBY, GO, DOTNET, PHP) for line in text.splitlines()]
        )
        | st.text(max_size=30),
        max_size=30,
    ),
)
def test_lines_in_any_order_are_borne(platform, lines):
    for exception in exceptions_of("\n".join(lines), platform):
        assert set(exception) <= {"type", "value", "stacktrace"}


def test_a_long_line_is_no_work():
    for platform in ("node", "java", "ruby", "csharp", "php", "go"):
        assert exceptions_of("at " + "(((a:" * 200_000, platform) == []
