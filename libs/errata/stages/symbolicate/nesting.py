"""Whether a built file is nested no deeper than its parser can follow.

`symbolic` reads JavaScript by recursion: where code is nested too deep the stack overflows, and with it goes the whole
process, a danger that no exception tells of. Measured for 13.9 on the 8 MiB of a thread: it falls at 1,500 objects
within one another, at 2,500 brackets or arrow functions, at 16,000 signs and at 45,000 calls in a row. People write a
few dozen, generators some hundred. A file beyond the bound below is used without its scopes.

This is an estimate in one pass, not a parser: it knows strings, comments and most regular expressions.
"""

import re

# A bracket weighs 8, any other character of a statement or an item 1: a thousand brackets reach it, or a row of
# operators that is longer than any that people write.
_BOUND = 8_000
_BRACKET = 8

# A string or comment that does not end takes what is left, so that no character is read twice. A slash behind one of
# these characters begins a regular expression, else it divides. A statement goes on behind `else` and its like.
_TOKEN = re.compile(
    r"""
    (?P<run>(?:[^;,(){}\[\]"'`/\n\t ]|\([\w$.,]{0,40}\))(?:[^;,(){}\[\]"'`/\n\t]+|\([\w$.,]{0,40}\))*)
  | (?P<skip>
        [\n\t ]+ | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'? | //[^\n]* | /\*(?:[^*]|\*(?!/))*(?:\*/)?
      | (?<=[(,=:\[!&|?{};+])/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\]?)+/?
    )
  | (?P<open>[(\[{])
  | (?P<end>\}(?=\s*[\w"'])(?!\s*(?:else|catch|finally|while|in|of|instanceof)\b)|;(?!\s*else\b)|,)
  | (?P<close>[)\]}])
  | (?P<other>.)
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|(?P<code>\$\{))?", re.DOTALL)
"""What of a template follows a backtick or the end of code within it: text, up to its end or the next code."""


def is_shallow(source: bytes) -> bool:
    """Tell whether a built file can be read for its scopes without danger."""
    text = source.decode("latin-1")
    # The weight of each level that the current place is within, the last is that of its own level so far; and by what
    # each level was opened.
    levels, openers = [0], [""]
    total = at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        assert token is not None  # any character is one of these
        at = token.end()
        kind = token.lastgroup
        weight, opener, begins_text = 0, "", False
        if kind == "run":
            weight = at - token.start()
        elif kind == "open":
            opener = token[0]
        elif kind == "other":
            weight, begins_text = 1, token[0] == "`"
        elif kind != "skip":
            # A bracket too many leaves nothing.
            if len(levels) > 1 and token[0] in ")]}":
                total -= levels.pop()
                begins_text = openers.pop() == "`"
            if kind == "end" and not begins_text:
                total -= levels[-1]
                levels[-1] = 0
            else:
                weight = 1
        if begins_text:
            found = _TEMPLATE.match(text, at)
            assert found is not None
            at = found.end()
            opener = "`" if found["code"] else ""
        levels[-1] += weight
        total += weight
        if opener:
            levels.append(_BRACKET)
            openers.append(opener)
            total += _BRACKET
        if total > _BOUND:
            return False
    return True
