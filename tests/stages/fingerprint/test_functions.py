import pytest

from errata.stages.fingerprint.functions import clean_function


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        # One function as Chrome, Firefox, Safari and old Edge name it.
        ("Cart.pay", "pay"),
        ("Cart.prototype.pay", "pay"),
        ("pay", "pay"),
        ("Object.pay [as onClick]", "pay"),
        ("new Cart", "Cart"),
        ("async Cart.pay", "pay"),
        ("async*pay", "pay"),
        ("setTimeout handler*pay", "pay"),
        ("checkout/pay", "pay"),
        ("Cart.get total [as total]", "total"),
        ("EventListener.handleEvent*pay", "pay"),
        ("FrameRequestCallback*async*pay", "pay"),
        ("[12]</t.pay", "pay"),
        ("?anon_0_pay", "pay"),
        ("Cart.#pay", "#pay"),
        # Anonymous ones.
        ("<anonymous>", ""),
        ("Anonymous function", ""),
        ("HTMLDocument.<anonymous>", ""),
        ("checkout/<", ""),
        ("promise callback*checkout/</<", ""),
        ("?", ""),
        ("global code", ""),
        ("Object.<anonymous>", ""),
        ("Module../src/cart.js", ""),
        ("./src/cart.ts", ""),
        ("_callee2$", ""),
        ("Cart.<static_initializer>", ""),
    ],
)
def test_a_function_is_named_alike_in_every_browser(sent, cleaned):
    assert clean_function(sent, "javascript") == cleaned


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("lambda$handle$3", "lambda$handle"),
        ("lambda$onCreate$0$com-example-Main", "lambda$onCreate"),
        ("onCreate$lambda$2", "onCreate$lambda"),
        ("onCreate$lambda-2", "onCreate$lambda"),
        ("onCreate$lambda$3$lambda$2", "onCreate$lambda$lambda"),
        ("$anonfun$apply$12", "$anonfun$apply"),
        ("$anonfun$pay$1$adapted", "$anonfun$pay"),
        ("apply$mcV$sp", "apply"),
        ("total$1", "total"),
        ("this$2$pay", "this$pay"),
        ("CGLIB$pay$0", "CGLIB$pay"),
        ("pay$accessor$Ab12", "pay$accessor"),
        ("pay_aroundBody0", "pay_aroundBody"),
        ("access$000", "access$"),
        ("load$default", "load"),
        ("area-2p3oiAQ", "area"),
        ("fn__12345", "fn__"),
        ("<init>", "<init>"),
        ("md5", "md5"),
    ],
)
def test_numbers_of_the_jvm_compilers_are_taken_out(sent, cleaned):
    assert clean_function(sent, "java") == cleaned


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("<Main>b__0_1", "Main.lambda"),
        ("<Main>g__Parse|3_0", "Main.Parse"),
        ("Run(System.String name)", "Run"),
        ("Player.Move ()", "Player.Move"),
        (".ctor", ".ctor"),
        ("(wrapper managed-to-native) Player:Move ()", "Player:Move"),
        ("Player.Move [0x00012] in <3f2a1b>:0", "Player.Move"),
        ("Shop.Cart.<PayAsync>d__12.MoveNext", "PayAsync"),
        ("_Lambda$__0-1", "_Lambda"),
        ("lambda_method37", "lambda_method"),
        ("clo@12-3.Invoke", "clo@.Invoke"),
    ],
)
def test_dotnet_closures_and_parameters_are_taken_out(sent, cleaned):
    assert clean_function(sent, "csharp") == cleaned


@pytest.mark.parametrize(
    ("family", "sent", "cleaned"),
    [
        ("ruby", "block (2 levels) in pay", "pay"),
        ("ruby", "rescue in block in Cart#pay", "pay"),
        ("ruby", "_app_views_cart_show_html_erb___420370_70", "_app_views_cart_show_html_erb"),
        ("ruby", "_cart_html_erb___-123_456", "_cart_html_erb"),
        ("ruby", "block in Shop::Cart.pay", "pay"),
        ("php", "App\\Cart::App\\{closure}", "App\\Cart::{closure}"),
        ("php", "App\\Cart::{closure:App\\Cart::pay():12}", "App\\Cart::{closure}"),
        ("php", "App\\Cart->pay", "App\\Cart::pay"),
        ("php", "App\\Cart@anonymous\0/srv/x.php:12$0::handle", "App\\Cart@anonymous::handle"),
        ("php", "{closure:App\\Cart::pay():12}", "{closure}"),
        ("php", "class@anonymous\0/srv/x.php:12$0::handle", "class@anonymous::handle"),
        ("go", "(*Server).handle.func1.2", "(*Server).handle.func"),
        ("go", "Map[...]", "Map"),
        ("go", "ServeHTTP-fm", "ServeHTTP"),
        ("go", "glob..func1", "init.func"),
        ("go", "init.func1", "init.func"),
        ("python", "outer.<locals>.inner", "inner"),
        ("python", "Cart.pay", "pay"),
        ("python", "Cart.pay.<locals>.<lambda>", "<lambda>"),
        ("other", "Shop::Cart::__ANON__[/srv/cart.pl:12]", "Shop::Cart::__ANON__"),
        ("other", "function <cart.lua:12>", "function <cart.lua>"),
        ("python", "<lambda>", "<lambda>"),
        ("other", "anonymous fn/2 in Shop.pay/1", "Shop.pay/1"),
    ],
)
def test_closures_and_compiled_templates_keep_the_name_that_was_written(family, sent, cleaned):
    assert clean_function(sent, family) == cleaned


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("int main()", "main"),
        ("void shop::Cart<int>::pay<char>(int) const [clone .isra.0]", "shop::Cart<T>::pay<T>"),
        ("std::vector<int, std::allocator<int> >::push_back(int const&)", "std::vector<T>::push_back"),
        ("pay(void (*)(int), int)", "pay"),
        ("(anonymous namespace)::start(int)", "{anonymous}::start"),
        ("`anonymous namespace'::start", "{anonymous}::start"),
        ("void (anonymous namespace)::start()", "{anonymous}::start"),
        ("Cart::operator<<(std::ostream&)", "Cart::operator<<"),
        ("boost::function0<void>::operator()()", "boost::function0<T>::operator()"),
        ("operator new(unsigned long)", "operator new"),
        ("Cart::pay(int)::{lambda(int)#1}::operator()(int) const", "Cart::pay::{lambda}::operator()"),
        ("<lambda_1234abcd>::operator()", "{lambda}::operator()"),
        ("non-virtual thunk to Cart::pay()", "Cart::pay"),
        ("allocate.cold.1", "allocate"),
        # Rust
        ("shop::pay::h72cb0fef6e9c0ab1", "shop::pay"),
        ("shop::main::{{closure}}::{{closure}}::h4e8f5f76222f4872", "shop::main::{{closure}}"),
        ("<shop::Cart<A, B> as core::future::Future>::poll::h9de5fbebc1652d47", "shop::Cart<T>::poll"),
        ("<T as core::convert::Into<U>>::into", "core::convert::Into<T>::into"),
        # Apple
        ("-[Cart pay:]", "-[Cart pay:]"),
        ("__12-[Cart pay:]_block_invoke_2", "-[Cart pay:]_block_invoke"),
        ("closure #2 (Swift.Int) in closure #1 in Cart.pay(x: Swift.Int) -> ()", "closure in Cart.pay"),
        ("partial apply for closure #1 in Cart.pay()", "closure in Cart.pay"),
        ("std::__1::vector<int>::at(unsigned long)", "std::vector<T>::at"),
        ("std::__cxx11::basic_string<char>::at", "std::basic_string<T>::at"),
        ("pay[abi:cxx11](int)", "pay"),
        ("_pay@8", "pay"),
        ("pay + 0x1a", "pay"),
        ("`shop::Cart::pay'::`1'::catch$0", "shop::Cart::pay"),
        ("(1) await resume partial function for Cart.pay()", "Cart.pay"),
        # Mangled
        ("_ZN4shop4Cart3payEi", "shop::Cart::pay"),
        ("__ZN4shop4CartIiE3payEi.cold.1", "shop::Cart<T>::pay"),
        ("?pay@Cart@shop@@QEAAXH@Z", "shop::Cart::pay"),
        ("_ZN4shop3pay17h72cb0fef6e9c0ab1E", "shop::pay"),
        ("_RNvCs15kBYyAo9fc_4shop3pay", "shop::pay"),
        ("$s4shop4CartC3payyyF", "Cart.pay"),
        ("$s4shop4CartC3payyyFyycfU_", "closure in Cart.pay"),
        ("_RegisterShop", "_RegisterShop"),
        # Nothing at all
        ("OUTLINED_FUNCTION_12", ""),
        ("<redacted>", ""),
        ("0x1234abcd", ""),
        ("sub_1234ab", ""),
    ],
)
def test_native_names_lose_types_hashes_and_suffixes(sent, cleaned):
    assert clean_function(sent, "native") == cleaned


@pytest.mark.parametrize("family", ["native", "python", "other"])
def test_addresses_in_names_are_one_word(family):
    assert clean_function("jump to 0xdeadbeef", family).endswith("<address>")
