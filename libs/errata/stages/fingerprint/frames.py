"""One frame, cleaned: the key it is grouped by, whether it is the application's, and whether it counts.

Frames repeat enormously, in one stack and from event to event, so a cleaned frame is kept, bounded, by all that it was
made from. Cleaning is the expensive part of grouping; with the cache it happens about once per place in the code.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from errata.stages.fingerprint.families import family_of
from errata.stages.fingerprint.files import clean_file
from errata.stages.fingerprint.functions import clean_function
from errata.stages.fingerprint.modules import clean_module
from errata.stages.fingerprint.stack_rules import FrameFacts, FrameRules, Names
from errata.stages.fingerprint.texts import text_of

KEPT_FRAMES = 16_384
"""Cleaned frames kept a project: some 10 MB of usual frames; hostile ones at most twenty times that."""

LONGEST = 512
"""Characters of a name or path that are looked at; Normalize trims most of them to less."""

LONGEST_LINE = 120
"""A longer source line is minified code or data: it changes with each build."""

_LINES_COUNT = frozenset({"javascript", "python", "php", "ruby"})
"""Families whose clients send source lines as a rule. A line tells two places of one function apart."""

_NO_FILE = frozenset(
    """[native code];native code;<anonymous>;eval code;<eval>;[eval];[eval]-wrapper;evalmachine.<anonymous>;
    debugger eval code;(index);<unknown>;(unknown);unknown;native;self-hosted""".replace("\n    ", "").split(";")
)
"""What engines write where code has no file."""

_URLS = ("http://", "https://", "capacitor://", "ionic://", "blob:", "data:", "about:", "javascript:")
"""Where browsers have code from: a script has a name, a page has what the visitor looked at."""

_WEAK = frozenset({"javascript", "native"})
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".m", ".mm", ".rs", ".swift", ".zig", ".nim", ".cr", ".pas")
_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".html", ".htm", ".bundle", ".hbc")


class Frame(msgspec.Struct, frozen=True, gc=False):
    """What grouping knows of a frame; immutable and shared by all events that hold it."""

    key: str
    """Equal for frames that are the same place in the code; empty when nothing names the frame."""
    function: str
    where: str
    """The module, or else the file or package."""
    line: str
    telling: bool
    """Whether it says enough to group by when it is the only one: a script or library without a function does not."""
    in_app: bool
    counts: bool
    of_library: bool
    """Whether nothing but the library is known that it lies in."""
    family: str
    wide: bool
    """Whether a rule that looks at more than this frame may match it."""
    facts: FrameFacts
    """What rules that look beyond one frame match on."""


class FrameReader:
    """Reads frames of one project, by its stack-trace rules."""

    def __init__(self, rules: FrameRules) -> None:
        self.rules = rules
        self.cached: Any = lru_cache(KEPT_FRAMES)(self._clean)
        """The cache itself; its `cache_info()` tells the hit rate."""

    def reader(self, platform: object) -> Callable[[dict[str, Any]], Frame]:
        """Give the function that reads one frame of an event of this platform."""
        default = family_of(platform)
        cached = self.cached

        def read(frame: dict[str, Any]) -> Frame:
            get = frame.get
            own_platform = get("platform")
            data = get("data")
            made_from = (
                family_of(own_platform) if own_platform else default,
                get("function") or get("symbol"),
                get("module"),
                get("filename"),
                get("abs_path"),
                get("package"),
                get("context_line"),
                get("in_app") is True,
                type(data) is dict and bool(data.get("sourcemap") or data.get("symbolicated")),
            )
            try:
                found: Frame = cached(made_from)
            except TypeError:  # a list or an object where text belongs cannot be looked up
                found = cached(tuple(part if isinstance(part, str | bool) else None for part in made_from))
            return found

        return read

    def _clean(self, made_from: tuple[Any, ...]) -> Frame:
        family, function, module, filename, abs_path, package, context_line, in_app, mapped = made_from
        sent = Names(
            family,
            text_of(function, LONGEST).strip(),
            text_of(module, LONGEST),
            text_of(filename, LONGEST),
            text_of(abs_path, LONGEST),
            text_of(package, LONGEST),
        )
        name = clean_function(sent.function, family)
        facts = self.rules.facts(sent, name)
        state = self.rules.settle(facts, in_app=in_app)
        # Built-ins and eval are shown by some browsers and left out by others.
        shown = family != "javascript" or not (name == "eval" or _is_built_in(sent.file or sent.path))
        line = _source_line(context_line) if shown and family in _LINES_COUNT else ""
        if mapped and line:
            # The function of a mapped frame is the minifier's or the call site's guess; the line is the source.
            name = ""
        where = _place(sent, name) if shown else ""
        if not where and not name and (sent.path or sent.file).startswith(_URLS):
            line = ""  # a line of a page
        key = f"{where}\x1f{name}\x1f{line}" if shown and (where or name or line) else ""
        telling = bool(name or line or (where and (family not in _WEAK or where.endswith(_SOURCES))))
        return Frame(
            key,
            name,
            where,
            line,
            telling=telling,
            in_app=state.in_app,
            counts=state.counts and bool(key),
            of_library=family == "native" and not telling,
            family=family,
            wide=facts.wide,
            facts=facts,
        )


def _is_built_in(file: str) -> bool:
    """Tell whether a browser or engine shows a function of its own; `index 0` is a place in `Promise.all`."""
    return file in _NO_FILE or file.startswith("index ")


def _source_line(value: object) -> str:
    line = " ".join(text_of(value, LONGEST).split())
    return "" if len(line) > LONGEST_LINE or line.startswith("{snip}") else line


def _place(sent: Names, function: str) -> str:
    """Give the place beside the function: a module, else a file, else the library of an unsymbolicated frame."""
    family, _, module, file, path, package = sent
    if family == "native":
        # Which file and library a function lies in depends on symbols and linking.
        return "" if function else _file(file or path or package)
    url = path or file
    if url.startswith(_URLS):
        name = clean_file(url)
        if module and "." in name:
            return clean_module(module, family)
        return name if name.endswith(_SCRIPTS) and not module else ""
    if module and module not in _NO_FILE and module not in ("__main__", "__mp_main__"):
        return clean_module(module, family)
    return _file(file or path)


def _file(named: str) -> str:
    return clean_file(named) if named and named not in _NO_FILE else ""
