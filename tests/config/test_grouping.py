from pathlib import Path

import msgspec
import pytest

from errata.config.grouping import GroupingSettings
from errata.config.loading import ConfigError, parse_project
from errata.config.rule_text import Matcher
from errata.config.stack_rules import Flag, Limit, Range


def test_a_fingerprint_rule_is_read():
    text = '!type:"a b" tags.shop:x* message:\\n -> log-{{ level }}, "a \\"b\\"" title="T {{ type }}"'
    (rule,) = GroupingSettings(fingerprint_rules=text).read_fingerprint_rules()
    assert rule.matchers == (
        Matcher("type", "a b", negated=True),
        Matcher("tags.shop", "x*"),
        Matcher("message", "\\n"),
    )
    assert rule.fingerprint == ("log-", "{{ level }}", 'a "b"')
    assert rule.title == "T {{ type }}"


def test_a_rule_written_out_reads_as_itself():
    (rule,) = GroupingSettings(
        fingerprint_rules='type:A !value:"b c" -> x{{ type }} title="t"'
    ).read_fingerprint_rules()
    assert GroupingSettings(fingerprint_rules=str(rule)).read_fingerprint_rules() == (rule,)


def test_the_structured_form_means_the_same_as_the_text():
    structured = {
        "fingerprint_rules": [{"matchers": [["!type", "A"]], "fingerprint": ["x"], "attributes": {"title": "t"}}]
    }
    read = msgspec.convert(structured, GroupingSettings).read_fingerprint_rules()
    assert read == GroupingSettings(fingerprint_rules='!type:A -> x title="t"').read_fingerprint_rules()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("error.type:X -> a", 'type:"X" -> "a"'),
        ("error.value:x stack.module:m -> a", 'value:"x" module:"m" -> "a"'),
        ("!stack.abs_path:**/x stack.function:f -> a", '!path:"**/x" function:"f" -> "a"'),
        ("stack.package:p app:yes -> a", 'package:"p" app:"yes" -> "a"'),
        ('tags."a b":x "tags.c:d":y -> a', 'tags.a b:"x" tags.c:d:"y" -> "a"'),
        ("type:X -> log-{{level}}, {{default}},", 'type:"X" -> "log-{{level}}{{ default }}"'),
        ('type:X -> a title="T {{ type }}"', 'type:"X" -> "a" title="T {{ type }}"'),
    ],
)
def test_a_rule_is_shown_as_sentry_shows_it_with_the_first_name_of_each_key(line, shown):
    (rule,) = GroupingSettings(fingerprint_rules=line).read_fingerprint_rules()
    assert rule.as_sentry()["text"] == shown


def test_the_structured_form_may_use_other_names_of_keys_and_carry_the_line():
    exported = {
        "fingerprint_rules": [
            {
                "matchers": [["!error.type", "A"]],
                "fingerprint": ["x"],
                "attributes": None,
                "text": '!type:"A" -> "x"',
                "is_builtin": True,
            }
        ]
    }
    (rule,) = msgspec.convert(exported, GroupingSettings).read_fingerprint_rules()
    assert rule.as_sentry() == {
        "text": '!type:"A" -> "x"',
        "matchers": [["!type", "A"]],
        "fingerprint": ["x"],
        "attributes": {},
        "is_builtin": True,
    }


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        (r'"a \"b\" c"', 'a "b" c'),
        (r'"c:\srv\new"', r"c:\srv\new"),
        (r'"c:\\srv\\new"', r"c:\srv\new"),
        (r"a\*b", r"a\*b"),
    ],
)
def test_within_quotes_quotes_and_backslashes_are_escaped_and_all_else_stays(written, pattern):
    (rule,) = GroupingSettings(fingerprint_rules=f"message:{written} -> a").read_fingerprint_rules()
    assert rule.matchers[0].pattern == pattern


def test_lines_end_where_files_end_them_and_nowhere_else():
    rules = GroupingSettings(fingerprint_rules='type:A -> a\r\n\rmessage:"b\u2028c" -> b').read_fingerprint_rules()
    assert [rule.matchers[0].pattern for rule in rules] == ["A", "b\u2028c"]


def test_actions_that_sentry_took_back_are_read_and_do_nothing():
    text = "function:a +sentinel ^-prefix\nfunction:b invert-stacktrace=1 -app"
    first, second = GroupingSettings(stack_rules=text).read_stack_rules()
    assert first.actions == ()
    assert second.actions == (Flag("app", on=False),)


def test_a_stack_rule_is_read():
    text = '[ module:a.* ] | function:"b c" app:yes | [path:**/x] ^-group v+app -app max-frames=3'
    (rule,) = GroupingSettings(stack_rules=f"# mine\n\n{text}").read_stack_rules()
    assert (rule.number, rule.text) == (3, text)
    assert (rule.caller, rule.callee) == (Matcher("module", "a.*"), Matcher("path", "**/x"))
    assert rule.matchers == (Matcher("function", "b c"), Matcher("app", "yes"))
    assert rule.actions == (
        Flag("group", on=False, range=Range.CALLEES),
        Flag("app", on=True, range=Range.CALLERS),
        Flag("app", on=False),
        Limit("max-frames", 3),
    )


@pytest.mark.parametrize(
    ("setting", "line", "mistake"),
    [
        ("fingerprint_rules", "type:A", "expected a matcher"),
        ("fingerprint_rules", "type:A ->", "needs a fingerprint"),
        ("fingerprint_rules", "-> a", "needs a matcher"),
        ("fingerprint_rules", "shape:A -> a", "unknown matcher `shape`"),
        ("fingerprint_rules", "type: -> a", "expected a pattern"),
        ("fingerprint_rules", 'type:A -> a colour="red"', "the only attribute"),
        ("stack_rules", "function:a", "expected an action"),
        ("stack_rules", "-app", "expected a matcher"),
        ("stack_rules", "shape:a -app", "unknown matcher `shape`"),
        ("stack_rules", "function:a -apps", "expected a matcher or an action"),
        ("stack_rules", "function:a max-frames=few", "expected a number"),
        ("stack_rules", "[ function:a ] function:b -app", "expected `|`"),
        ("stack_rules", "[ type:A ] | function:b -app", "unknown matcher `type`"),
        ("fingerprint_rules", "app:perhaps -> a", "`app` is yes or no"),
        ("stack_rules", "app:perhaps -app", "`app` is yes or no"),
        ("fingerprint_rules", "type:A -> a,, b", "expected a part"),
    ],
)
def test_a_mistake_is_told_with_its_line(setting, line, mistake):
    with pytest.raises(ValueError, match=rf"{setting}, line 2: .*{mistake.replace('|', '.')}"):
        GroupingSettings(**{setting: f"# first\n{line}\n"})


def test_a_project_file_with_a_bad_rule_is_refused():
    text = b"id: 1\nslug: shop\nkeys: []\ngrouping:\n  stack_rules: |\n    function:a -app\n    function:b\n"
    with pytest.raises(ConfigError, match="stack_rules, line 2: expected an action"):
        parse_project(text, Path("shop.yaml"))
