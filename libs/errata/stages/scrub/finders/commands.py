"""Passwords on command lines, where no name says what they are: `curl -u shop:x`, `mysql -px`, `sshpass -p x`."""

from collections.abc import Iterator

from errata.stages.scrub.finders import Match, Span, accepted, regex

_ARGUMENTS = rb"\s(?:[^\n\x00|;]{0,400}?\s)?"
"""Other arguments before it; a pipe or a semicolon ends a command."""
_VALUE = rb"[\"']?([^\s\"'\x00]+)"
_COMMAND = regex(
    rb"\b(?:"
    rb"(?:curl|wget|https?)" + _ARGUMENTS
    + rb"(?:-u|-U|--user|--proxy-user|-a|--auth)[ =]?[\"']?[^\s\"':\x00]{1,100}:" + _VALUE
    + rb"|(?:mysql(?:dump|admin|import|check)?|mariadb(?:-dump|-admin)?)" + _ARGUMENTS + rb"-p" + _VALUE
    + rb"|sshpass\s{1,4}-p\s{0,4}" + _VALUE
    + rb"|redis-cli" + _ARGUMENTS + rb"-a\s{1,4}" + _VALUE
    + rb"|(?:mongo(?:sh|dump|restore|export|import)?|docker login|mosquitto_(?:pub|sub)|sqlcmd|bcp)"
    + _ARGUMENTS + rb"-[pP]\s{1,4}" + _VALUE
    + rb"|sqlplus\s{1,4}(?:-[a-zA-Z]+\s{1,4}){0,3}[^\s/\x00]{1,60}/" + _VALUE
    + rb"|thin:[^\s/@:\x00]{1,60}/([^\s/@\x00]{1,100})@"
    + rb")"
)  # fmt: skip
HINT = (
    rb"\b(?:curl|wget|https?|mysql[a-z]*|mariadb[a-z-]*|redis-cli|mongo[a-z]*|docker login|mosquitto_[a-z]+|sqlcmd|bcp)"
    rb"\s(?:[^\n]*\s)?-|\b(?:sshpass|sqlplus)\s|\bthin:[^\s]+@"
)


def find_in_commands(text: bytes) -> Iterator[Span]:
    """Give the spans of passwords that well-known programs take as arguments."""
    return accepted(_COMMAND, text, _password)


def _password(text: bytes, match: Match) -> Span | None:  # noqa: ARG001 - what `accepted` calls
    span: Span = next(match.span(group) for group in range(1, 8) if match[group] is not None)
    return None if match.string[slice(*span)] in (b"[Filtered]", b"***") else span
