"""Browser messages in other languages become the English ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.normalize.browser_messages import in_english


@pytest.mark.parametrize(
    ("message", "english"),
    [
        (
            "Das Objekt unterstützt diese Eigenschaft oder Methode nicht.",
            "Object doesn't support this property or method",
        ),
        (
            'Das Objekt unterstützt die Eigenschaft oder Methode "trim" nicht',
            "Object doesn't support property or method 'trim'",
        ),
        ("„foo“ ist undefiniert", "'foo' is undefined"),
        (
            "TypeError: L'objet ne gère pas la propriété ou la méthode 'at'",
            "TypeError: Object doesn't support property or method 'at'",
        ),
        ("Se esperaba ';'", "Expected ';'"),
        ("Предполагается  наличие объекта", "Object expected"),
        (
            "オブジェクトは 'map' プロパティまたはメソッドをサポートしていません。",
            "Object doesn't support property or method 'map'",
        ),
        ("无法获取未定义或 null 引用的属性“length”", "Unable to get property 'length' of undefined or null reference"),
    ],
)
def test_a_known_message_is_told_in_english(message, english):
    assert in_english(message) == english


@pytest.mark.parametrize("message", ["", "Failed to fetch", "Etwas ganz anderes", "x" * 10_000, "''''''''"])
def test_an_unknown_message_passes_unchanged(message):
    assert in_english(message) == message


@given(st.text(alphabet="ab'\"„“” .", max_size=60))
def test_no_quotes_confuse_it(message):
    assert in_english(message) == message


def test_only_browsers_are_translated(normalized):
    for platform, value in (("javascript", "Object expected"), ("python", "Objekt erwartet")):
        event = normalized({"platform": platform, "exception": [{"type": "Error", "value": "Objekt erwartet"}]})
        assert event["exception"]["values"][0]["value"] == value
