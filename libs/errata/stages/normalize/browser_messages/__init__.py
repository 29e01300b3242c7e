"""Browser messages in other languages as the English ones, so that one error is one issue everywhere.

Internet Explorer and the first Edge told script errors in the language of the system; other browsers speak English.
The messages lie in `texts/`, a file a language, a line a message after the number of its script error; the English text
of a number is in `en.txt`. `~` begins a line of words that do not count, `!` one of words that say no.

Names out of the program are quoted, and the quotes differ: so a message is looked up by its skeleton, in which quoted
parts are places; case, blanks and the full stop at the end do not count. The versions of a browser differ in articles,
endings and the order of words, too. So a message that has the content words of a known one, each by its beginning, and
hardly any other, is that one; a word that few messages have says more than one that many have. What is not known
passes unchanged.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter

from errata.stages.normalize.browser_messages.catalogue import (
    NO,
    Catalogue,
    Known,
    Language,
    content_of,
    folded,
    messages,
    skeleton_of,
    with_names,
    words_of,
)

PLATFORMS = frozenset({"javascript", "node", "other"})
"""Where messages of browsers come from; `other` is a client that does not say."""

MAX_LENGTH = 400
"""Characters; the longest message has some 200, a name in it may be long."""

_PREFIX = re.compile(r"(?:Uncaught )?[A-Za-z]{1,40}(?:Error|Exception): ")
_FIRST = re.compile(r"[^\W\d_]{2,64}")
_LETTER = re.compile(r"\w")
_LEAST_WORDS = 2
"""Content words from which on a message is known by them; one may be anybody's."""
_UNKNOWN_WEIGHT = 5.0
"""What a word that no message has tells against all: as much as one that a single message of 150 has."""
_ALIKE = 0.4
"""Share of what the words of both messages tell that both have."""
_FEW_WORDS, _ALIKE_OF_FEW = 3, 0.65
"""Up to so many words more must be alike: what an application says of its own is short, too."""
_APART = 0.15
"""How much less alike the next message must be that says something else."""


@lru_cache(maxsize=4096)
def in_english(message: str) -> str:
    """Give the English text of a known browser message, the name of its error class kept; any other as it is."""
    if len(message) > MAX_LENGTH:
        return message
    prefix = match[0] if (match := _PREFIX.match(message)) else ""
    text = message[len(prefix) :]
    catalogue = messages()
    if (first := _FIRST.match(text)) and catalogue.vocabulary.isdisjoint(content_of([folded(first[0])], {})):
        return message  # nearly all: what browsers say in English, and what applications do
    skeleton, names = skeleton_of(text)
    known = (
        (names and catalogue.skeletons.get(with_names(skeleton, names, "'{}'")))
        or (names and catalogue.skeletons.get(with_names(skeleton, names, "{}")))
        or catalogue.skeletons.get(skeleton)
        or _closest(skeleton, names, catalogue)
    )
    if not known:
        return message
    if all(example in names or f" {example} " in f" {skeleton} " for example in known.examples):
        names = list(known.examples)  # in whatever order and marks
    elif any(number >= len(names) for number in known.names):
        return message
    else:
        names = [names[number] for number in known.names]
    return prefix + known.english.format(*(f"'{name}'" for name in names))


def _closest(skeleton: str, names: list[str], catalogue: Catalogue) -> Known | None:
    """Give the message that has the words of a skeleton, in the first language that has a single one near.

    A quoted part is a word like others where a message has it without quotation marks.
    """
    spoken, quoted = words_of(skeleton), words_of(folded(" ".join(names)))
    if catalogue.english.issuperset(spoken):
        return None
    fixed = catalogue.quoted.intersection(names)
    for language in catalogue.languages:
        words = content_of(spoken, language.unmeaning)
        words |= content_of(quoted, language.unmeaning) & language.messages.keys()
        if len(words) < _LEAST_WORDS:
            continue
        best: dict[str, tuple[float, Known]] = {}
        for alike, known in _alike(words, language):
            if _can_be(known, words, fixed, names) and alike > best.get(known.english, (0.0,))[0]:
                best[known.english] = alike, known
        (first, found), (second, _) = (*sorted(best.values(), key=itemgetter(0), reverse=True), _NOTHING, _NOTHING)[:2]
        if first >= (_ALIKE if len(words) > _FEW_WORDS else _ALIKE_OF_FEW) and first - second >= _APART:
            return found
    return None


def _alike(words: frozenset[str], language: Language) -> Iterator[tuple[float, Known]]:
    """Give the messages of a language that may be near these words, and how alike they are.

    It is the weighted Jaccard index of their words; the weights are inverse document frequencies.
    """
    weights = language.weights
    total = sum(weights.get(word, _UNKNOWN_WEIGHT) for word in words)
    if sum(weights.get(word, 0.0) for word in words) < _ALIKE * total:
        return  # another language
    shared: dict[Known, float] = {}
    for word in words:
        for known in language.messages.get(word, ()):
            shared[known] = shared.get(known, 0.0) + weights[word]
    for known, weight in shared.items():
        yield weight / (total + sum(weights[word] for word in known.words) - weight), known


def _can_be(known: Known, words: frozenset[str], fixed: frozenset[str], names: list[str]) -> bool:
    """Tell whether a message says no as these words do, has no other short forms, and quotes what they quote.

    Args:
        known: the message.
        words: what is to be told in English.
        fixed: quoted parts that some message quotes itself: `this`, `;`.
        names: all quoted parts.

    """
    quotes = known.quoted or known.examples or all(map(_LETTER.search, names))
    says = fixed <= known.quoted and known.short_forms <= words and (NO in words) == (NO in known.words)
    return says and bool(quotes)


_NOTHING = (0.0, Known("", (), (), frozenset(), frozenset(), frozenset()))
