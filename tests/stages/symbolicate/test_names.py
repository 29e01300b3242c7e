import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.symbolicate.names import fold_function_name, function_name, generate_module, source_path

SHA1 = "92cd589eca8235e7b373bf5ae94ebf898e3b949c"
MD5 = "7d6d00eae0ceccdc7ee689659585d95f"


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("webpack:///./src/a.js", "./src/a.js"),
        ("webpack://shop/./src/a.js", "./src/a.js"),
        ("webpack://shop/src/a.js", "src/a.js"),
        ("webpack://@acme/shop/./src/a.js", "./src/a.js"),
        ("webpack://@acme/shop/webpack/bootstrap", "webpack/bootstrap"),
        ("webpack://@acme/./src/a.js", "./src/a.js"),
        ("webpack:///../node_modules/react/index.js", "../node_modules/react/index.js"),
        ("webpack:///./~/react/index.js", "~/react/index.js"),
        ("webpack:/node_modules/react/index.js", "node_modules/react/index.js"),
        ("webpack:///webpack/bootstrap 12", "webpack/bootstrap 12"),
        ("webpack:///(webpack)/buildin/global.js", "(webpack)/buildin/global.js"),
        ("webpack-internal:///./src/a.js", "./src/a.js"),
        ("webpack://_N_E/./app/page.tsx", "./app/page.tsx"),
        ("webpack-internal:///(rsc)/./app/page.tsx", "./app/page.tsx"),
        ("webpack-internal:///(app-pages-browser)/./app/page.tsx", "./app/page.tsx"),
        ("turbopack:///[project]/src/a.ts", "./src/a.ts"),
        ("turbopack://[project]/src/a.ts", "./src/a.ts"),
        ("turbopack:///[turbopack]/browser/runtime.ts", "[turbopack]/browser/runtime.ts"),
        ("webpacked/src/a.js", "webpacked/src/a.js"),
        ("../src/a.js", "../src/a.js"),
        ("/Users/ann/shop/App.js", "/Users/ann/shop/App.js"),
    ],
)
def test_a_source_has_the_path_that_it_has_in_the_project(source, path):
    assert source_path(source) == path


@pytest.mark.parametrize(
    ("url", "module"),
    [
        ("http://shop.example/js/cart/pay.js", "cart/pay"),
        ("http://shop.example/JS/Scripts/cart/pay.js", "cart/pay"),
        ("http://shop.example/1/2.3/v4/cart/pay.js?v=5#top", "cart/pay"),
        (f"http://shop.example/{SHA1}/cart/pay.js", "cart/pay"),
        (f"http://shop.example/{SHA1.upper()}/cart/pay.js", "cart/pay"),
        (f"http://shop.example/{MD5 * 2}/cart/pay.js", "cart/pay"),
        (f"app:///builds/{SHA1}/cart/pay.js", "cart/pay"),
        ("http://shop.example/abcdef0/ABCDEF01/pay.js", "pay"),
        (f"/assets/pay-{MD5}.min.js", "assets/pay"),
        (f"/assets/pay.{(MD5 * 2).upper()}.js", "assets/pay"),
        ("/assets/pay-20150417171659.min.js", "assets/pay"),
        ("../../cart/pay.ts", "cart/pay"),
        ("/node_modules/react/index.js", "react/index"),
        ("./src/node_modules/components/C.tsx", "src/node_modules/components/C"),
        ("~/cart/pay.jsx", "cart/pay"),
        ("", "<unknown module>"),
    ],
)
def test_a_module_is_named_without_what_changes_with_each_deploy(url, module):
    assert generate_module(url) == module


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("pay", "pay"),
        ("cart.pay", "cart.pay"),
        ("cart.cart", "cart.cart"),
        ("cart.cart.cart", "{cart#2}.cart"),
        ("shop.cart.cart", "shop.cart.cart"),
        ("shop.cart.cart.cart", "shop.{cart#2}.cart"),
        ("cart.cart.shop.shop.shop.pay", "{cart#2}.{shop#3}.pay"),
        ("cart.", "cart."),
    ],
)
def test_repetitions_before_the_last_part_of_a_name_are_counted(name, folded):
    assert fold_function_name(name) == folded


@pytest.mark.parametrize(
    ("minified", "scope", "called_as", "name"),
    [
        ("t", "pay", "charge", "pay"),
        ("t", "<anonymous>", "charge", "charge"),
        ("t", "", "charge", "charge"),
        ("t", "<anonymous>", "", "t"),
        ("t", "__webpack_require__", "__webpack_modules__", "t"),
        ("", "<anonymous>", "", "<anonymous>"),
        ("", "", "", "<unknown>"),
    ],
)
def test_a_function_is_called_by_its_scope_else_as_its_caller_calls_it_else_as_it_came(
    minified, scope, called_as, name
):
    assert function_name(minified, scope, called_as) == name


@given(st.text(alphabet="ab./@~(){}#:[]-0"))
def test_any_text_has_a_path_a_module_and_a_function(text):
    assert isinstance(source_path("webpack:" + text), str)
    assert generate_module(text)
    assert fold_function_name(text).rpartition(".")[2] == text.rpartition(".")[2]
