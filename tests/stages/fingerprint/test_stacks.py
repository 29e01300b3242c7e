"""What is folded, left out or limited in a stack."""

import pytest
from tests.stages.fingerprint.making import event, exception, explained, frame, frames, group


def named(names, **fields):
    return event(exception(*frames(*names.split(), **fields)))


@pytest.mark.parametrize(
    ("sent", "counting"),
    [
        ("+a +b +b +b +c", "a b c"),
        ("+a +b +c +b +c +b +c +d", "a b c d"),
        ("+a +b +c +d +b +c +d +e", "a b c d e"),
        ("+a +b +a +c", "a b a c"),
    ],
)
def test_recursion_is_folded_to_one_round(sent, counting):
    assert explained(named(sent)) == counting.split()


def test_depth_of_recursion_does_not_count():
    assert group(named("+a " + "+walk +visit " * 3 + "+fail")) == group(named("+a " + "+walk +visit " * 9 + "+fail"))


def test_native_names_without_their_template_arguments_are_not_taken_for_recursion():
    stack = [frame(name, in_app=True) for name in ("call<int>()", "run()", "call<char>()", "run()")]
    assert explained(event(exception(*stack), platform="native")) == ["call<T>", "run", "call<T>", "run"]


def test_of_a_huge_stack_both_ends_count():
    huge = [frame(f"f{number}", module="m", in_app=True) for number in range(10_000)]
    counting = explained(event(exception(*huge)))
    assert (counting[0], counting[-1], len(counting)) == ("f0", "f9999", 256)


def test_places_of_one_function_are_told_apart_by_their_source_line():
    one, two = (event(exception(frame("f", module="m", in_app=True, context_line=line))) for line in ("  a()", "  b()"))
    assert group(one) != group(two)


def test_minified_source_lines_do_not_count():
    one, two = (
        event(exception(frame("f", filename="a.js", context_line=line)), platform="javascript")
        for line in ("a();" * 100, "b();" * 100)
    )
    assert group(one) == group(two)


def test_one_error_is_one_group_in_all_browsers():
    chrome = [
        frame("Object.pay", abs_path="https://shop.example.com/js/cart.1a2b3c4d.js", filename="/js/cart.1a2b3c4d.js"),
        frame("Array.map", filename="<anonymous>", abs_path="<anonymous>"),
        frame("eval", filename="<anonymous>", abs_path="<anonymous>"),
        frame("new Total", abs_path="https://shop.example.com/js/cart.1a2b3c4d.js", filename="/js/cart.1a2b3c4d.js"),
        frame(abs_path="https://shop.example.com/js/cart.1a2b3c4d.js", filename="/js/cart.1a2b3c4d.js"),
    ]
    firefox = [
        frame("pay", abs_path="http://www.example.com/js/cart.99887766.js", filename="/js/cart.99887766.js"),
        frame("Total", abs_path="http://www.example.com/js/cart.99887766.js", filename="/js/cart.99887766.js"),
        frame("Total/<", abs_path="http://www.example.com/js/cart.99887766.js", filename="/js/cart.99887766.js"),
    ]
    safari = [
        frame("pay", abs_path="https://shop.example.com/js/cart.js", filename="/js/cart.js"),
        frame("map", filename="[native code]", abs_path="[native code]"),
        frame("Total", abs_path="https://shop.example.com/js/cart.js", filename="/js/cart.js"),
        frame("?", abs_path="https://shop.example.com/js/cart.js", filename="/js/cart.js"),
    ]
    groups = {
        group(event(exception(*stack, kind="TypeError"), platform="javascript")) for stack in (chrome, firefox, safari)
    }
    assert len(groups) == 1


@pytest.mark.parametrize("file", ["<anonymous>", "[native code]", "native", "self-hosted", "index 0"])
def test_built_in_functions_of_engines_do_not_count(file):
    stack = [frame("pay", filename="cart.js"), frame("forEach", filename=file), frame("total", filename="cart.js")]
    assert explained(event(exception(*stack), platform="javascript")) == ["pay", "total"]


def test_a_page_is_no_file_of_the_code():
    one, two = (
        event(
            exception(frame("pay", abs_path=f"https://shop.example.com/orders/{n}", filename=f"/orders/{n}")),
            platform="javascript",
        )
        for n in (1, 2)
    )
    assert group(one) == group(two)


def test_of_a_mapped_frame_the_source_line_counts_and_the_minifiers_name_does_not():
    def mapped(function):
        return frame(function, module="app/cart", context_line="pay()", in_app=True, data={"sourcemap": "x.map"})

    one, two = (event(exception(mapped(name)), platform="javascript") for name in ("t", "e.pay"))
    assert group(one) == group(two)


def test_a_single_frame_that_names_but_a_script_leaves_the_word_to_the_message():
    def inline(value):
        place = frame(abs_path="https://shop.example.com/", filename="https://shop.example.com/app.js")
        return event(exception(place, value=value), platform="javascript")

    assert group(inline("a is not defined")) != group(inline("b is not defined"))


@pytest.mark.parametrize(
    ("platform", "glue"),
    [
        ("java", ["java.lang.reflect.Method", "jdk.internal.reflect.NativeMethodAccessorImpl"]),
        # What the same call looks like once the JVM has generated an accessor for it.
        (
            "java",
            ["jdk.internal.reflect.DelegatingMethodAccessorImpl", "jdk.internal.reflect.GeneratedMethodAccessor77"],
        ),
        ("python", ["concurrent.futures.thread", "asyncio.events"]),
        (
            "csharp",
            ["System.Runtime.CompilerServices.TaskAwaiter", "System.Runtime.ExceptionServices.ExceptionDispatchInfo"],
        ),
    ],
)
def test_glue_does_not_count_even_without_frames_of_the_application(platform, glue):
    stack = [
        frame("a", module="lib.x"),
        *(frame("invoke", module=module) for module in glue),
        frame("b", module="lib.y"),
    ]
    assert explained(event(exception(*stack), platform=platform)) == ["a", "b"]
