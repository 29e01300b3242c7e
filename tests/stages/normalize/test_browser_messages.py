"""Browser messages in other languages become the English ones, and nothing else does."""

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.normalize import browser_messages
from errata.stages.normalize.browser_messages import in_english

TEXTS = files(browser_messages).joinpath("texts")
LANGUAGES = sorted(file.name for file in TEXTS.iterdir() if file.name != "en.txt")


def messages_of(name):
    lines = TEXTS.joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line.partition(" ")[::2] for line in lines if line[0] not in "#~!"]


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
        ("OBJEKT ERWARTET", "Object expected"),
        ("Objet\u00a0attendu", "Object expected"),
        (
            "オブジェクトは 'map' プロパティまたはメソッドをサポートしていません。",
            "Object doesn't support property or method 'map'",
        ),
        ("无法获取未定义或 null 引用的属性“length”", "Unable to get property 'length' of undefined or null reference"),
        ("İşlev bekleniyor", "Function expected"),
    ],
)
def test_a_known_message_is_told_in_english(message, english):
    assert in_english(message) == english


@pytest.mark.parametrize(
    ("message", "english"),
    [
        (
            "Die URI, die zu codieren ist, enthält ungültige Zeichen",
            "The URI to be encoded contains an invalid character",
        ),
        ("En modo strict no se permiten las instrucciones «with»", "'with' statements are not allowed in strict mode"),
        (
            "In modalità strict le istruzioni with non sono consentite",
            "'with' statements are not allowed in strict mode",
        ),
        (
            "Zugriff nicht erlaubt: 'caller' einer Funktion oder eines arguments-Objekts im Modus strict",
            "Accessing the 'caller' property of a function or arguments object is not allowed in strict mode",
        ),
    ],
)
def test_a_message_is_known_by_its_words_in_any_order(message, english):
    assert in_english(message) == english


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Failed to fetch",
        "Cannot read properties of undefined (reading 'x')",
        "Object is not a function",
        "Etwas ganz anderes",
        "Das Objekt konnte nicht gespeichert werden",
        "Die Eigenschaft wurde vom Nutzer geändert",
        "Datei gefunden",
        "Objekt nicht gefunden",
        "Fehler beim Laden",
        "Produkt nicht verfügbar",
        "Undefined object",
        "Le fichier de commande est vide",
        "El argumento de la tienda no coincide con el pedido",
        "Невозможно сохранить заказ",
        "注文が見つかりません",
        "无法保存订单",
        "x" * 10_000,
        "''''''''",
    ],
)
def test_an_unknown_message_passes_unchanged(message):
    assert in_english(message) == message


@given(st.text(alphabet="ab'\"„“”«»\u2018\u2019 .", max_size=60))
def test_no_quotes_confuse_it(message):
    assert in_english(message) == message


@given(st.lists(st.sampled_from("Objekt nicht 'x' {0} % unterstützt 対象 オブジェクト erwartet".split()), max_size=12))
def test_no_words_break_it(words):
    assert isinstance(in_english(" ".join(words)), str)


@pytest.mark.parametrize("name", LANGUAGES)
def test_each_message_of_a_language_is_told_as_its_number_says(name):
    english = dict(messages_of("en.txt"))
    wrong = {text: in_english(text) for key, text in messages_of(name) if in_english(text) != named(english[key])}
    assert wrong == {}


def test_english_is_english_already():
    for text in {named(text) for _, text in messages_of("en.txt")}:
        assert in_english(text) == text


def named(text):
    return re.sub(r"<([^>]+)>", r"'\1'", text)


def test_only_what_may_come_from_a_browser_is_translated(normalized):
    for platform, value in (
        ("javascript", "Object expected"),
        ("node", "Object expected"),
        (None, "Object expected"),
        ("python", "Objekt erwartet"),
    ):
        event = normalized({"platform": platform, "exception": [{"type": "Error", "value": "Objekt erwartet"}]})
        assert event["exception"]["values"][0]["value"] == value


def test_a_captured_message_is_translated_too(normalized):
    assert normalized({"platform": "javascript", "message": "Objekt erwartet"})["logentry"] == {
        "formatted": "Object expected"
    }
    template = {"message": "%s erwartet", "params": ["Objekt"]}
    assert normalized({"platform": "javascript", "logentry": template})["logentry"]["formatted"] == "Objekt erwartet"
