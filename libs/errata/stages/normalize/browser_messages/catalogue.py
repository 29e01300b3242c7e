"""The catalogue of browser messages: read from the files, and what a message is known by."""

import math
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_MARKS = (
    ('"', '"'),
    ("\u201e", '\u201c\u201d"'),
    ("\u201c", '\u201d\u201c"'),
    ("\u201d", "\u201d"),
    ("\u2018", "\u2019"),
    ("\u201a", "\u2018\u2019"),
    ("«", "»"),
    ("「", "」"),
    ("`", "`'"),
)
"""Quotation marks of all the languages: the one that opens, and those that close."""
# An apostrophe within a word opens none; but words of East Asia stand next to quotation marks.
_APOSTROPHES = r"(?<![^\W\u3041-\uffff])'([^']{1,200})'(?![^\W\u3041-\uffff])"
_QUOTED = re.compile("|".join([_APOSTROPHES, *(rf"{a}\s?([^{z}]{{1,200}}?)\s?[{z}]" for a, z in _MARKS)]))
_FULL_STOPS = ".\u3002\uff0e "
_WORD = re.compile(r"[^\W\d_]{2,}")
_SHORT_FORM = re.compile(r"\b[A-Z]{2,}\b")
_EXAMPLE = re.compile(r"<([^>]+)>")
"""A place for a name in an English text, with the name that stands there in the texts of the other languages."""
_ANY_NAME = "x"
"""The example that stands for any name."""
_BEGINNING = 4
"""Letters that a word is known by; what follows is its ending, or hardly ever matters."""
_FIRST_OF_EAST_ASIA = "\u3041"
"""Kana, ideographs and Hangul come from here on: no blanks tell their words apart, so each two signs are one."""


NO = "not"
"""What stands for every word that says no."""


class Known(NamedTuple):
    """A message: what it is in English, and its own words."""

    english: str
    """With `{}` for each of its names."""
    names: tuple[int, ...]
    """Which names of the message these are."""
    examples: tuple[str, ...]
    """Or which they are where the message has just these, in whatever order."""
    words: frozenset[str]
    quoted: frozenset[str]
    """What is quoted in English and is no place for a name: `this`, `;`, `with`."""
    short_forms: frozenset[str]
    """Those of its words that are short forms in English, too: DLL, URI."""


class Language(NamedTuple):
    """The messages of a language by the words that they are made of."""

    unmeaning: dict[str, str]
    """Words that do not count, as empty text, and those that say no, as one and the same."""
    messages: dict[str, set[Known]]
    """Those that a word is in, by its beginning."""
    weights: dict[str, float]
    """What a word tells, by its beginning: the logarithm of how rare it is. What few messages say tells them apart."""


class Catalogue(NamedTuple):
    """All messages of all languages."""

    skeletons: dict[str, Known]
    languages: list[Language]
    quoted: frozenset[str]
    """What any message quotes."""
    english: frozenset[str]
    """Words of the English texts."""
    vocabulary: frozenset[str]
    """Words of any language by their beginnings."""


@cache
def messages() -> Catalogue:
    """Give the catalogue, read once when the first message of a browser comes."""
    folder = files(__package__).joinpath("texts")
    texts = {file.name: file.read_text(encoding="utf-8").splitlines() for file in folder.iterdir()}
    english = dict(_pairs(texts.pop("en.txt")))
    skeletons: dict[str, Known] = {}
    languages = [_language(lines, english, skeletons) for _, lines in sorted(texts.items())]
    for text in english.values():
        skeletons.pop(skeleton_of(_EXAMPLE.sub(r"'\1'", text))[0], None)  # what is the same in both needs no telling
    quoted = frozenset().union(*map(_quoted_in, english.values()))
    spoken = frozenset(word for text in english.values() for word in words_of(folded(text)))
    begun = (word[:_BEGINNING] for language in languages for word in (*language.messages, *language.unmeaning))
    return Catalogue(skeletons, languages, quoted, spoken, frozenset(begun))


def _language(lines: list[str], english: dict[str, str], skeletons: dict[str, Known]) -> Language:
    """Read the file of a language; its messages also go by their skeletons."""
    language = Language(dict.fromkeys(_after("~ ", lines), "") | dict.fromkeys(_after("! ", lines), NO), {}, {})
    for key, text in _pairs(lines):
        skeleton, names = skeleton_of(text)
        examples = tuple(_EXAMPLE.findall(english[key]))
        numbers = tuple(map(names.index, examples))
        words = content_of(words_of(skeleton), language.unmeaning)
        short_forms = words & content_of([*map(folded, _SHORT_FORM.findall(english[key]))], {})
        known = Known(_EXAMPLE.sub("{}", english[key]), numbers, examples, words, _quoted_in(english[key]), short_forms)
        skeletons.setdefault(with_names(skeleton, names, "'{}'"), known)
        skeletons.setdefault(skeleton, known)
        for word in known.words:
            language.messages.setdefault(word, set()).add(known)
    count = len(set().union(*language.messages.values()))
    language.weights.update((word, math.log(1 + count / len(said))) for word, said in language.messages.items())
    return language


def skeleton_of(text: str) -> tuple[str, list[str]]:
    """Give the text without what varies, and the quoted parts."""
    names: list[str] = []

    def take(match: re.Match[str]) -> str:
        names.append(next(part for part in match.groups() if part is not None))
        return "{}"

    skeleton = _QUOTED.sub(take, text)
    return folded(" ".join(skeleton.split()).rstrip(_FULL_STOPS)), names


def _quoted_in(english: str) -> frozenset[str]:
    """Give what an English text quotes, and which of its examples are the program's only word for something."""
    return frozenset(skeleton_of(english)[1]) | frozenset(_EXAMPLE.findall(english)) - {_ANY_NAME}


def folded(text: str) -> str:
    """Give the text in lower case, without the dot that Turkish capitals leave behind."""
    return text.casefold().replace("\u0307", "")


def with_names(skeleton: str, names: list[str], form: str) -> str:
    """Give a skeleton with its quoted parts put back in some form."""
    for name in names:
        skeleton = skeleton.replace("{}", form.format(folded(name)), 1)
    return skeleton


def words_of(text: str) -> list[str]:
    """Give the words of two letters and more."""
    return _WORD.findall(text)


def content_of(words: list[str], unmeaning: dict[str, str]) -> frozenset[str]:
    """Give words by their beginnings, without those that do not count."""
    found: set[str] = set()
    for word in words:
        if word[0] < _FIRST_OF_EAST_ASIA:
            found.add(unmeaning.get(word, word[:_BEGINNING]))
        else:
            found.update(word[place : place + 2] for place in range(len(word) - 1))
    return frozenset(found) - {""}


def _after(mark: str, lines: list[str]) -> list[str]:
    return [word for line in lines if line.startswith(mark) for word in line.split()[1:]]


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Give key and text of each line that holds a message."""
    pairs = (line.partition(" ") for line in lines if line and line[0] not in "#~!")
    return [(key, text) for key, _, text in pairs]
