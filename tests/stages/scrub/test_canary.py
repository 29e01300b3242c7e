"""Canaries: secrets put everywhere in an event are nowhere in it afterwards."""

import json

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stages.scrub import events, secrets

from errata.config.model import Project
from errata.config.scrub import ScrubSettings
from errata.contracts import odd_json
from errata.stages.scrub import Scrub, places
from errata.stages.stage import Context

CONTEXT = Context(event_id="0" * 32, received_at=0, hash_key=b"key of the tests")
SCRUB = Scrub(Project(id=1, slug="shop", keys=(), scrub=ScrubSettings()))

around = st.sampled_from(
    [
        "{}",
        "paid with {}",
        "<{}>",
        '"{}"',
        "({})",
        "x={}",
        "first line\n{}\nlast line",
        "{}, then more",
        "naïve: {}",
        "a: {}.",
    ]
)
quoted = st.sampled_from([lambda text: text, json.dumps, repr, lambda text: json.dumps(json.dumps(text))])


def survivors(event, secret):
    """Whether what must not survive is anywhere in what would be written."""
    data = odd_json.dumps(event).decode()
    return secrets.essence(secret) in data or orjson.dumps(secrets.essence(secret)).decode()[1:-1] in data


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(events.LEAVES), secrets.beyond_doubt, around, quoted)
def test_a_secret_of_recognizable_form_survives_at_no_leaf(path, secret, sentence, quote):
    event = events.event()
    events.at(event, path[:-1])[path[-1]] = quote(sentence.format(secret))
    assert not survivors(SCRUB(event, CONTEXT), secret)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([path for path in events.LEAVES if not (places.is_protected(path) or places.is_version(path))]),
    secrets.personal,
    around,
)
def test_personal_data_survives_at_no_leaf_that_is_not_a_name_of_code(path, secret, sentence):
    event = events.event()
    events.at(event, path[:-1])[path[-1]] = sentence.format(secret)
    assert not survivors(SCRUB(event, CONTEXT), secret)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(events.MAPPINGS),
    secrets.beyond_doubt | secrets.emails,
    st.sampled_from(["", "x", ["y"], {"a": "b"}]),
)
def test_a_secret_survives_in_no_key(path, secret, value):
    event = events.event()
    events.at(event, path)[secret] = value
    assert not survivors(SCRUB(event, CONTEXT), secret)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([path for path in events.MAPPINGS if path and not places.is_protected(path)]),
    secrets.secret_keys,
    st.text(min_size=8),
    st.sampled_from(
        [lambda text: text, lambda text: [text], lambda text: {"a": text}, lambda text: {"a": [{"b": text}]}]
    ),
)
def test_nothing_survives_under_a_key_that_names_a_secret(path, key, value, wrapped):
    value = "canary" + value
    event = events.event()
    events.at(event, path)[key] = wrapped(value)
    assert "canary" not in odd_json.dumps(SCRUB(event, CONTEXT)).decode()


named_forms = st.sampled_from(
    [
        lambda key, value: json.dumps({"a": 1, key: value, "b": 2}),
        lambda key, value: repr({"a": 1, key: value}),
        lambda key, value: json.dumps({"outer": json.dumps({key: value})}),
        lambda key, value: json.dumps({key: {"inner": [value]}}),
        lambda key, value: f"a=1&{key}={value}&b=2",
        lambda key, value: f"https://shop.example/x?{key}={value}#top",
        lambda key, value: f"curl -H '{key}: {value}' https://shop.example",
        lambda key, value: f"HOME=/root\n{key}={value}\nTERM=xterm",
        lambda key, value: f"Server=db;{key}={value};Timeout=3",
        lambda key, value: f"run --{key}={value} --fast",
        lambda key, value: f"run --{key} {value} --fast",
        lambda key, value: f"<Request headers=[('{key}', '{value}')]>",
        lambda key, value: f'{{:{key}=>"{value}"}}',
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(
        [path for path in events.LEAVES if not places.is_protected(path) and "context" not in str(path[-2:])]
    ),
    secrets.secret_keys,
    secrets.words,
    named_forms,
)
def test_a_value_assigned_to_a_secret_in_a_text_does_not_survive(path, key, value, form):
    event = events.event()
    value = "canary" + value
    events.at(event, path[:-1])[path[-1]] = form(key, value)
    assert "canary" not in odd_json.dumps(SCRUB(event, CONTEXT)).decode()


@settings(max_examples=80, deadline=None)
@given(secrets.secret_keys, secrets.words)
def test_a_value_paired_with_the_name_of_a_secret_does_not_survive(key, value):
    value = "canary" + value
    event = events.event()
    event["request"]["headers"].append([key, value])
    event["request"]["data"] = [{"name": key, "value": value}, {"value": value, "key": key}]
    event["tags"].append([key, value])
    event["extra"]["sys.argv"] = ["run", f"--{key}", value, "--fast"]
    event["request"]["query_string"] = f"a=1&{key}={value}"
    event["request"]["cookies"] = f"theme=dark; {key}={value}"
    assert "canary" not in odd_json.dumps(SCRUB(event, CONTEXT)).decode()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | secrets.beyond_doubt
    | secrets.personal,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text() | secrets.secret_keys | secrets.personal | st.sampled_from(sorted(events.event())),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text() | st.sampled_from(sorted(events.event())), json_values, max_size=3))
def test_scrubbing_raises_on_no_event_and_scrubbing_again_changes_nothing(event):
    once = SCRUB(event, CONTEXT)
    written = odd_json.dumps(once)
    assert odd_json.dumps(SCRUB(odd_json.loads(written), CONTEXT)) == written


@settings(max_examples=40, deadline=None)
@given(json_values)
def test_an_event_grows_by_no_more_than_its_remarks(value):
    event = {"extra": {"value": value}}
    before = len(odd_json.dumps(event))
    scrubbed = SCRUB(event, CONTEXT)
    scrubbed.pop("_meta", None)
    scrubbed.pop("errata")
    # The longest label, `[Filtered]`, may stand for a secret of one character.
    assert len(odd_json.dumps(scrubbed)) <= 10 * before
