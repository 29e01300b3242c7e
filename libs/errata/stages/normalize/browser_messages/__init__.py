"""Browser messages in other languages as the English ones, so that one error is one issue everywhere.

Internet Explorer and the first Edge told script errors in the language of the system; other browsers speak English.
The messages lie in `texts/`, a file a language, a line a message after the number of its script error; the English text
of a number is in `en.txt`. `~` begins a line of words that do not count, `!` one of words that say no.

Names out of the program are quoted, and the quotes differ: so a message is looked up by its skeleton, in which quoted
parts are places; case, blanks and the full stop at the end do not count. The versions of a browser differ in articles,
endings and the order of words, too. So a message that has the content words of a known one, each by its beginning, and
hardly any other, is that one. What is not known passes unchanged.
"""

import re
from collections import Counter
from functools import lru_cache
from operator import itemgetter

from errata.stages.normalize.browser_messages.catalogue import (
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
_LEAST_WORDS = 3
"""Content words from which on a message is known by them; fewer may be anybody's."""
_FEW_WORDS = 4
"""Up to so many all must be the same."""
_ALIKE = 0.6
"""Share of the words of both messages that both have."""
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
        or _closest(skeleton, names, catalogue.languages)
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


def _closest(skeleton: str, names: list[str], languages: list[Language]) -> Known | None:
    """Give the message that has the words of a skeleton, in the first language that has a single one near.

    A quoted part is a word like others where a message has it without quotation marks.
    """
    spoken, quoted = words_of(skeleton), words_of(folded(" ".join(names)))
    for language in languages:
        words = content_of(spoken, language.unmeaning)
        words |= content_of(quoted, language.unmeaning) & language.messages.keys()
        known = len(words & language.messages.keys())
        if len(words) >= _LEAST_WORDS and known >= _ALIKE * len(words) and (found := _nearest(words, language)):
            return found
    return None


def _nearest(words: frozenset[str], language: Language) -> Known | None:
    """Give the message of a language that has these words, and hardly any other; None when two do that differ."""
    shared = Counter(known for word in words for known in language.messages.get(word, ()))
    best: dict[str, tuple[float, Known]] = {}
    for known, count in shared.items():
        alike = count / len(words | known.words)
        if alike > best.get(known.english, (0.0,))[0]:
            best[known.english] = alike, known
    (first, found), (second, _) = (*sorted(best.values(), key=itemgetter(0), reverse=True), _NOTHING, _NOTHING)[:2]
    near = first >= (_ALIKE if len(words) > _FEW_WORDS else 1) and first - second >= _APART
    return found if near else None


_NOTHING = (0.0, Known("", (), (), frozenset()))
