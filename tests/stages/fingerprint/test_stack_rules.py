import pytest
from tests.stages.fingerprint.making import event, exception, explained, frame, frames

STACK = frames("+main", "+view", "pay", "connect", "read")


def counting(rules, *, kind="ValueError", value="x", **mechanism):
    """Give the frames that count of a stack of five, the first two of them the application's."""
    return " ".join(explained(event(exception(*STACK, kind=kind, value=value, **mechanism)), stack_rules=rules))


@pytest.mark.parametrize(
    ("rules", "frames_that_count"),
    [
        ("function:pay +app", "main view pay"),
        ("function:main -app", "view"),
        ("function:* -app", "main view pay connect read"),
        ("function:main -group", "view"),
        ("function:view -group\nfunction:view +group", "main view"),
        ("function:connect ^+app", "main view read"),
        ("function:connect v+app", "main view pay"),
        ("function:main ^-app", "main"),
        ("function:connect v-group\nfunction:* -app", "connect read"),
        ("function:connect ^-group -group\nfunction:* -app", "main view pay"),
        ("function:* +app\nfamily:python max-frames=2", "connect read"),
        ("family:python min-frames=3", "main view pay connect read"),
        ("family:native max-frames=1", "main view"),
        ("family:other max-frames=1", "view"),
        ("[ function:view ] | function:* +app", "main view pay"),
        ("[ function:nobody ] | function:* +app", "main view"),
        ("function:* | [ function:read ] +app", "main view connect"),
        ("!function:m* -group", "main"),
        ("app:no +app", "main view pay connect read"),
        ("function:pay category=db\ncategory:db +app", "main view pay"),
        ("type:ValueError function:pay +app", "main view pay"),
        ("type:OSError function:pay +app", "main view"),
        ("value:*x* function:pay +app", "main view pay"),
        ("value:*X* function:pay +app", "main view"),
        ("mechanism:<unknown> function:pay +app", "main view pay"),
        ("mechanism:celery function:pay +app", "main view"),
    ],
)
def test_rules_say_what_counts(rules, frames_that_count):
    assert counting(rules) == frames_that_count


def test_a_later_rule_has_the_last_word_over_a_range():
    assert counting("function:main ^-app\nfunction:read +app") == "main read"


def test_rules_match_on_the_mechanism():
    assert counting("mechanism:celery function:pay +app", type="celery") == "main view pay"


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("path:**/vendor/** -app", {"filename": "vendor/lib/x.py"}),
        ("path:**/vendor/** -app", {"abs_path": "C:\\srv\\Vendor\\x.py"}),
        ("path:/srv/*/x.py -app", {"abs_path": "/srv/app/x.py"}),
        ("module:lib.* -app", {"module": "lib.x.y"}),
        ("package:libfoo.so -app", {"package": "/usr/local/libfoo.so"}),
        ("package:/usr/local/** -app", {"package": "/usr/local/libfoo.so"}),
        ("function:f[0-9] -app", {"function": "f7"}),
        ("function:?7 -app", {"function": "f7"}),
        ('function:"f 7" -app', {"function": "f 7"}),
    ],
)
def test_patterns_match_names_and_paths(rule, fields):
    stack = [frame("main", module="m", in_app=True), frame(**{"function": "f", "in_app": True, **fields})]
    assert explained(event(exception(*stack)), stack_rules=rule) == ["main"]


def test_a_frame_without_a_function_is_matched_as_unknown():
    stack = [frame("main", module="m", in_app=True), frame(filename="x.py", in_app=True)]
    assert explained(event(exception(*stack)), stack_rules="function:<unknown> -app") == ["main"]


def test_one_star_stays_within_a_directory():
    stack = [frame("f", abs_path="/srv/a/b/x.py", in_app=True), frame("g", module="m")]
    assert explained(event(exception(*stack)), stack_rules="path:/srv/*/x.py -app") == ["f"]


@pytest.mark.parametrize(
    ("platform", "fields"),
    [
        ("python", {"abs_path": "/venv/lib/python3.11/site-packages/x/y.py"}),
        ("python", {"filename": "<frozen importlib._bootstrap>"}),
        ("node", {"filename": "/srv/node_modules/x/y.js"}),
        ("node", {"filename": "node:internal/process/task_queues"}),
        ("javascript", {"abs_path": "chrome-extension://abc/content.js"}),
        ("java", {"module": "java.util.ArrayList"}),
        ("java", {"module": "org.springframework.web.servlet.DispatcherServlet"}),
        ("csharp", {"module": "System.Collections.Generic.List`1"}),
        ("ruby", {"abs_path": "/usr/lib/ruby/gems/3.3.0/gems/rack-3.0/lib/rack.rb"}),
        ("go", {"module": "net/http"}),
        ("php", {"filename": "/srv/vendor/x/y.php"}),
        ("cocoa", {"package": "/System/Library/Frameworks/UIKit.framework/UIKit"}),
        ("native", {"package": "C:\\Windows\\System32\\ntdll.dll"}),
    ],
)
def test_the_default_rules_know_the_libraries_of_each_ecosystem(platform, fields):
    stack = [frame("mine", module="shop", in_app=True), frame("theirs", in_app=True, **fields)]
    assert explained(event(exception(*stack), platform=platform)) == ["mine"]
    assert explained(event(exception(*stack), platform=platform), default_stack_rules=False) == ["mine", "theirs"]
