import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.symbolicate.urls import candidates, extract_file_stem, join_paths, strip_hostname, without_query


@pytest.mark.parametrize(
    ("base", "other", "joined"),
    [
        ("https://shop.example/js/a.min.js?v=1#top", "a.min.js.map", "https://shop.example/js/a.min.js.map"),
        ("https://shop.example/js/a.js", "../maps/./a.map", "https://shop.example/maps/a.map"),
        ("https://shop.example/a.js", "../../src/a.ts", "https://shop.example/src/a.ts"),
        ("https://shop.example/js//a.js", "a.map", "https://shop.example/js/a.map"),
        ("https://shop.example/js/a.js", "/a.map", "https://shop.example/a.map"),
        ("https://shop.example/js/a.js", "~/a.map", "https://shop.example/a.map"),
        ("https://shop.example/js/a.js", "//cdn.example/x//a.map", "https://cdn.example/x/a.map"),
        ("other://shop.example/a.js", "//cdn.example", "other://cdn.example"),
        ("https://shop.example/js/a.js", "webpack://shop/./a.js", "webpack://shop/./a.js"),
        ("app:///index.android.bundle", "/Users/ann/shop/App.js", "app:///Users/ann/shop/App.js"),
        ("app:///main.js.map", "webpack:/src/a.js", "webpack:/src/a.js"),
        ("/srv/dist/a.js", "../src/a.ts", "/srv/src/a.ts"),
        ("/srv/dist/a.js", "~/a.map", "/a.map"),
        ("/srv/dist/a.js", "//src/a.ts", "/src/a.ts"),
        ("C:\\shop\\dist\\a.js", "..\\src\\a.ts", "C:/shop/src/a.ts"),
        ("~/js/a.js", "a.js.map", "~/js/a.js.map"),
    ],
)
def test_a_path_lies_where_the_file_that_names_it_says(base, other, joined):
    assert join_paths(base, other) == joined


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://shop.example/js/a.js?v=1", "/js/a.js?v=1"),
        ("https://shop.example/", "/"),
        ("app:///a.js", "/a.js"),
        ("~/js/a.js", "/js/a.js"),
        ("/js/a.js", "/js/a.js"),
        ("https://shop.example", "https://shop.example"),
    ],
)
def test_a_path_stands_behind_a_host_or_what_stands_for_any(url, path):
    assert strip_hostname(url) == path


@pytest.mark.parametrize(
    ("url", "stem"),
    [
        ("https://shop.example/js/app.min.js?v=/1#top", "/js/app"),
        ("~/js/app.min.js.map", "/js/app"),
        ("app:///polyfills.e9f8f1606b76a9c9.js", "/polyfills.e9f8f1606b76a9c9"),
        ("/types/app.d.ts", "/types/app"),
        ("/v1.2/app", "/v1.2/app"),
    ],
)
def test_a_stem_keeps_all_but_the_endings_of_build_tools(url, stem):
    assert extract_file_stem(url) == stem


def test_an_upload_is_looked_for_with_and_without_fragment_query_and_host():
    assert candidates("https://shop.example/js/a.js?v=1#top") == (
        "https://shop.example/js/a.js?v=1#top",
        "https://shop.example/js/a.js?v=1",
        "https://shop.example/js/a.js",
        "~/js/a.js?v=1",
        "~/js/a.js",
    )
    assert candidates("/srv/a.js") == ("/srv/a.js", "~/srv/a.js")
    assert candidates("a.js") == ("a.js", "~/a.js")
    assert candidates("~/a.js") == ("~/a.js",)


@given(st.text(), st.text())
def test_addresses_of_any_text_are_joined_and_tried(base, other):
    assert isinstance(join_paths(base, other), str)
    assert candidates(base)[0] == base
    assert strip_hostname(without_query(base)).startswith(extract_file_stem(base))
