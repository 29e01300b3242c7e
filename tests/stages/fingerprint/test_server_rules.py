import pytest
from tests.stages.fingerprint.making import CONTEXT, event, exception, frame, grouping, stage

EVENT = event(
    exception(frame("read", module="lib.io", filename="lib/io.py"), kind="OSError", value="Broken pipe"),
    exception(
        frame("main", module="shop", abs_path="/srv/shop/main.py", in_app=True),
        frame("pay", module="shop.cart", abs_path="/srv/shop/cart.py", package="/srv/libcart.so", in_app=True),
        frame(module="lib.gen", abs_path="/venv/lib/gen.py"),
        frame("send", module="lib.net", abs_path="/venv/lib/net.py"),
        kind="PaymentError",
        value="Order 7 was refused",
    ),
    level="error",
    logger="shop.pay",
    release="shop@1.2.3",
    environment="live",
    transaction="/pay/{id}",
    tags=[["country", "de"], ["paid", "no"]],
    sdk={"name": "sentry.python.django"},
    server_name="web-1",
    logentry={"formatted": "Payment failed"},
)


def matches(matchers):
    return grouping(dict(EVENT), fingerprint_rules=f"{matchers} -> hit")["fingerprint"] == ["hit"]


@pytest.mark.parametrize(
    "matchers",
    [
        "type:PaymentError",
        "error.type:*Error",
        "type:OSError",
        "value:*REFUSED",
        "error.value:*pipe*",
        'message:"payment *"',
        "message:*refused*",
        "logger:shop.*",
        "level:ERROR",
        "release:shop@1.*",
        "environment:live",
        "transaction:/pay/*",
        "tags.country:d?",
        "sdk:sentry.python,sentry.ruby",
        "sdk:sentry.python.django",
        "sdk:all",
        "release:SHOP@1.*",
        "tags.server_name:web-*",
        "tags.level:error",
        'message:"payment {failed,refused}"',
        "family:python",
        "family:native,python",
        "family:other",
        "function:pay",
        "stack.function:p*",
        "module:shop.*",
        "stack.module:lib.io",
        "path:/srv/shop/*.py",
        "path:**/io.py",
        "stack.abs_path:**/cart.py",
        "package:libcart.so",
        "stack.package:/srv/*",
        "app:true function:pay",
        "app:no function:send",
        "!type:KeyError",
        "!tags.country:fr",
        "!tags.nothing:x",
        "!logger:other",
        "!message:*refused*",  # the message is not; that the exception is does not matter
        "!type:PaymentError",  # its cause is not
        "!function:pay",  # not every frame is in it
        "function:<unknown>",
        "!package:libcart.so path:**/io.py",
        "type:PaymentError function:pay tags.paid:no",
    ],
)
def test_each_kind_of_matcher_fits_what_it_names(matchers):
    assert matches(matchers)


@pytest.mark.parametrize(
    "matchers",
    [
        "type:Payment",
        "type:paymenterror",
        "type:OSError value:*refused*",  # both hold, but not for one exception
        "function:pay module:lib.net",  # both hold, but not for one frame
        "app:false function:pay",
        "tags.nothing:*",
        "logger:shop",
        "family:native",
        "!level:error",
        "!type:*",  # every exception has one
        "!type:PaymentError value:*refused*",
        "!function:*",
        "!sdk:sentry.python",
        "!tags.country:de",
        "sdk:sentry",
        "path:/srv/*.py",
        "function:pay !module:shop.cart",
    ],
)
def test_what_does_not_match(matchers):
    assert not matches(matchers)


@pytest.mark.parametrize(
    ("written", "computed"),
    [
        ("shop, {{ type }}", ["shop", "PaymentError"]),
        ("{{ error.value }}", ["Order 7 was refused"]),
        ("log-{{ level }}", ["log-", "error"]),
        ("{{ message }} {{ logger }}", ["Payment failed", "shop.pay"]),
        ("{{ function }} {{ stack.module }}", ["pay", "shop.cart"]),
        ("{{ package }} {{ stack.abs_path }}", ["libcart.so", "/srv/shop/cart.py"]),
        ("{{ tags.country }} {{ tags.nothing }}", ["de", "<no-value-for-tag-nothing>"]),
        ("{{ path }} {{ stack.filename }}", ["/srv/shop/cart.py", "/srv/shop/cart.py"]),
        ("{{ release }} {{ environment }} {{ transaction }}", ["shop@1.2.3", "live", "/pay/{id}"]),
        ("{{ tags.server_name }}", ["web-1"]),
        ('"a, b" {{ unknown }}', ["a, b", "<unrecognized-variable-unknown>"]),
        ("{{type}}, a,", ["PaymentError", "a"]),
    ],
)
def test_variables_stand_for_what_the_event_holds(written, computed):
    assert grouping(dict(EVENT), fingerprint_rules=f"type:* -> {written}")["fingerprint"] == computed


def test_what_an_event_does_not_hold_is_said():
    rule = "!release:x -> {{ type }} {{ value }} {{ function }} {{ module }} {{ package }} {{ abs_path }} {{ transaction }} {{ level }}"
    assert grouping({}, fingerprint_rules=rule)["fingerprint"] == [
        *("<no-type>", "<no-value>", "<no-function>", "<no-module>", "<no-package>", "<no-abs-path>"),
        *("<no-transaction>", "<no-level>"),
    ]


def test_negation_asks_for_an_item_that_is_not_so_and_holds_for_no_event_without_items():
    def held(rule, **fields):
        return grouping(event(**fields), fingerprint_rules=f"{rule} -> hit")["fingerprint"] == ["hit"]

    love = {"logentry": {"formatted": "all you need is love"}}
    assert not held("!message:*love*", **love)
    assert held("!message:*hate*", **love)
    assert not held("!message:*love*")
    assert not held("!type:A")
    assert not held("!function:a")
    assert held("!release:1")


def test_frames_are_the_applications_as_the_stack_trace_rules_say():
    rules = "app:yes function:send -> hit, {{ function }}"
    plain = grouping(dict(EVENT), fingerprint_rules=rules)["fingerprint"]
    ruled = grouping(dict(EVENT), fingerprint_rules=rules, stack_rules="function:pay ^+app")["fingerprint"]
    assert (plain[0] != "hit", ruled) == (True, ["hit", "send"])


def test_a_function_of_native_code_is_told_without_its_types():
    stack = frame("void shop::pay<int>(int)", package="/srv/shop", in_app=True)
    sent = event(exception(stack), platform="native")
    assert grouping(sent, fingerprint_rules="type:* -> {{ function }}")["fingerprint"] == ["shop::pay<T>"]


def test_default_in_a_rule_stands_for_the_algorithms_group():
    plain = grouping(dict(EVENT))["fingerprint"][0]
    assert grouping(dict(EVENT), fingerprint_rules="type:* -> {{ default }}, eu")["fingerprint"] == [plain, "eu"]
    assert grouping(dict(EVENT), fingerprint_rules="type:* -> {{ default }}") == grouping(dict(EVENT))


def test_the_first_rule_that_matches_wins():
    rules = "type:KeyError -> a\n# a comment\n\ntype:PaymentError -> b\ntype:* -> c"
    assert grouping(dict(EVENT), fingerprint_rules=rules)["fingerprint"] == ["b"]


def test_a_rule_gives_the_title_and_is_told_in_the_event():
    done = stage(fingerprint_rules='type:PaymentError -> pay title="Payment from {{ tags.country }}"')(
        dict(EVENT), CONTEXT
    )
    assert done["title"] == "Payment from de"
    assert done["_fingerprint_info"] == {
        "client_fingerprint": ["{{ default }}"],
        "matched_rule": {
            "text": 'type:"PaymentError" -> "pay" title="Payment from {{ tags.country }}"',
            "matchers": [["type", "PaymentError"]],
            "fingerprint": ["pay"],
            "attributes": {"title": "Payment from {{ tags.country }}"},
        },
    }


def test_a_client_cannot_claim_that_a_rule_matched():
    assert "_fingerprint_info" not in stage()({**EVENT, "_fingerprint_info": {"matched_rule": {}}}, CONTEXT)


def test_a_client_may_use_variables_too():
    sent = {**EVENT, "fingerprint": ["{{ type }}", "in {{ tags.country }}", 7]}
    assert grouping(sent)["fingerprint"] == ["PaymentError", "in de", "7"]


def test_a_rule_by_other_names_of_its_keys_is_told_by_their_first():
    done = stage(fingerprint_rules="error.type:PaymentError !stack.function:x -> a")(dict(EVENT), CONTEXT)
    assert done["_fingerprint_info"]["matched_rule"]["text"] == 'type:"PaymentError" !function:"x" -> "a"'
