"""Browser messages in other languages as the English ones, so that one error is one issue everywhere.

Internet Explorer and the first Edge told script errors in the language of the system; other browsers speak English.
The messages lie in `browser_messages.txt`, a section a language. A message is looked up by its skeleton: quoted parts
(names out of the program) become `{}`, blanks and the full stop at the end do not count. What is not known passes
unchanged.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files

MAX_LENGTH = 400
"""Characters; the longest message has some 160, a name in it may be long."""

_PREFIX = re.compile(r"(?:Uncaught )?[A-Za-z]{1,40}(?:Error|Exception): ")
_QUOTED = re.compile(
    r"(?<!\w)'([^']{0,200})'(?!\w)|\"([^\"]{0,200})\"|„([^“”\"]{0,200})[“”\"]|“([^”]{0,200})”|«\s?([^»]{0,200}?)\s?»|「([^」]{0,200})」"
)
"""A quoted part, by the quotation marks of all the languages; an apostrophe within a word opens none."""


@lru_cache(maxsize=4096)
def in_english(message: str) -> str:
    """Give the English text of a known browser message, the name of its error class kept; any other as it is."""
    if len(message) > MAX_LENGTH:
        return message
    prefix = match[0] if (match := _PREFIX.match(message)) else ""
    skeleton, names = skeleton_of(message[len(prefix) :])
    english = catalogue().get(skeleton)
    if english is None or english.count("{}") > len(names):
        return message
    for name in names:
        english = english.replace("{}", f"'{name}'", 1)
    return prefix + english


def skeleton_of(text: str) -> tuple[str, list[str]]:
    """Give the text without what varies, and the quoted parts."""
    names: list[str] = []

    def take(match: re.Match[str]) -> str:
        names.append(next(part for part in match.groups() if part is not None))
        return "{}"

    skeleton = _QUOTED.sub(take, text)
    return " ".join(skeleton.split()).rstrip(".。 ").casefold(), names


@cache
def catalogue() -> dict[str, str]:
    """Give the English message of each skeleton, read once when the first JavaScript event comes."""
    lines = files(__package__).joinpath("browser_messages.txt").read_text(encoding="utf-8").splitlines()
    english: dict[str, str] = {}
    found: dict[str, str] = {}
    language = ""
    for line in lines:
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            language = line.strip("[]")
            continue
        key, _, text = line.partition(" ")
        if language == "en":
            english[key] = text
        else:
            found.setdefault(skeleton_of(text)[0], english[key])
    return found
