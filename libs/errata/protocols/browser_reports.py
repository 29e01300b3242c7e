"""Reports that browsers send by themselves: Content-Security-Policy, Expect-CT, Expect-Staple, HPKP, network errors.

Old ones come one a body, each under a key of its own; the Reporting API sends lists of reports of any type. Each
becomes an item, with the release and environment that only the query of the request tells.
"""

from urllib.parse import parse_qsl

from errata.contracts import odd_json
from errata.contracts.categories import DEFAULT
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.contracts.reports import REPORTS, origin_of
from errata.contracts.times import SECOND
from errata.protocols import foreign
from errata.protocols.admitted import Admitted, AdmittedItem, Headers, NotKept
from errata.protocols.foreign import Tree

MAX_REPORTS = 100
"""Of one body; browsers keep some tens."""

_KEYS = {"csp-report": "csp", "expect-ct-report": "expectct", "expect-staple-report": "expectstaple"}
_TYPES = {"csp-violation": "csp", "network-error": "nel"}
_PINS = "known-pins"
"""Only reports of HPKP have it; they stand in the body without a key of their own."""

_MAX_QUERY = 4_096
_CSP_NAMES = {
    "documentURL": "document_uri",
    "blockedURL": "blocked_uri",
    "effectiveDirective": "effective_directive",
    "originalPolicy": "original_policy",
    "sourceFile": "source_file",
    "statusCode": "status_code",
    "lineNumber": "line_number",
    "columnNumber": "column_number",
    "sample": "script_sample",
}
"""What the Reporting API calls the fields of the older report."""


_TEXTS = frozenset({"document_uri", "blocked_uri", "effective_directive", "violated_directive", "hostname", "url"})
"""What reports are named and grouped by."""


def admit(body: bytes, _headers: Headers, query: str) -> Admitted:
    """Give each report of a `POST /api/{pid}/security/` or `/nel/` as an item; other types of the API are counted.

    Raises:
        Invalid: no JSON, no report that is known by its shape, or more than a browser has reason to send.

    """
    tree = odd_json.loads(body)
    entries = tree if isinstance(tree, list) else [tree]
    if len(entries) > MAX_REPORTS:
        raise Invalid(Reason.TOO_LARGE)
    found = [_report(entry) for entry in entries if isinstance(entry, dict)]
    if not found:
        raise Invalid(Reason.NOT_AN_OBJECT if entries else Reason.NO_ITEMS)
    asked = dict(parse_qsl(query[:_MAX_QUERY]))
    more = {"release": asked.get("sentry_release", ""), "environment": asked.get("sentry_environment", "")}
    items = [
        AdmittedItem(ItemFormat.BROWSER_REPORT, odd_json.dumps({"kind": kind, "report": report, **more}))
        for kind, report in found
        if kind
    ]
    unknown = len(found) - len(items)
    return Admitted(tuple(items), (NotKept(Reason.UNSUPPORTED_ITEM, DEFAULT, unknown),) if unknown else ())


def _report(entry: Tree) -> tuple[str, Tree]:
    """Give the kind of a report, empty when it is of none that is kept, and the report."""
    for key, kind in _KEYS.items():
        if isinstance(report := entry.get(key), dict):
            return kind, report
    if _PINS in entry:
        return "hpkp", entry
    named = entry.get("type")
    known = isinstance(named, str) and isinstance(entry.get("body"), dict)
    return (_TYPES.get(str(named), "") if known else ""), entry


def events_of(item: Item) -> list[Tree]:
    """Give the event of a report; raises `Invalid` when the payload is none."""
    wrapped = odd_json.load_object(item.payload)
    kind, report = foreign.take_text(wrapped, "kind"), foreign.take_tree(wrapped, "report")
    if kind not in REPORTS or not report:
        raise Invalid(Reason.NOT_AN_OBJECT)
    event: Tree = {"logger": kind, "level": "error", "user": {"ip_address": "{{auto}}"}}
    event["release"], event["environment"] = wrapped.get("release"), wrapped.get("environment")
    url = ""
    if isinstance(body := report.pop("body", None), dict):  # of the Reporting API, which tells how old it is
        age = foreign.take_number(report, "age") or 0
        event["timestamp"] = item.meta.received_at / SECOND - min(max(age, 0), 86_400_000) / 1_000
        url = foreign.take_text(report, "url")
        foreign.add(event, "request", {"headers": {"User-Agent": foreign.take_text(report, "user_agent")}})
        report.pop("type", None)
        report = {**report, **body}
    elif body is not None:
        report["body"] = body
    if kind == "csp":
        foreign.rename(report, _CSP_NAMES)
    event[kind] = report = {name.replace("-", "_"): value for name, value in report.items()}
    for name in _TEXTS & report.keys():
        if not isinstance(report[name], str):
            report[name] = odd_json.dumps(report[name]).decode()
    _DESCRIBED[kind](event, report, url)
    return [foreign.without_empty(event)]


def _csp(event: Tree, report: Tree, url: str) -> None:
    violated = report.get("violated_directive")
    if not report.get("effective_directive") and isinstance(violated, str):
        report["effective_directive"] = violated.strip().partition(" ")[0]
    directive = report.get("effective_directive")
    directive = directive if isinstance(directive, str) else ""
    report.setdefault("document_uri", url)
    blocked = origin_of(report.get("blocked_uri"))
    foreign.add_tag(event, "effective-directive", directive)
    foreign.add_tag(event, "blocked-uri", blocked)
    verb = "Would block" if report.get("disposition") == "report" else "Blocked"
    event["logentry"] = {"formatted": f"{verb} {directive or 'resource'} from {blocked}"}
    foreign.add(event, "request", {"url": report["document_uri"]})
    if referrer := report.get("referrer"):
        headers = event["request"].get("headers", {}) if "request" in event else {}
        foreign.add(event, "request", {"headers": {**headers, "Referer": referrer}})


def _nel(event: Tree, report: Tree, url: str) -> None:
    error = report.pop("type", None)
    report["url"], report["error_type"] = url, error
    host = origin_of(url) if url else ""
    event["logentry"] = {"formatted": f"Network error {error or 'unknown'} at {host or 'unknown host'}"}
    foreign.add_tag(event, "error-type", error if isinstance(error, str) else "")
    foreign.add(event, "request", {"url": url, "method": report.get("method")})


def _certificate(event: Tree, report: Tree, _url: str) -> None:
    hostname = report.get("hostname")
    host = hostname if isinstance(hostname, str) else ""
    foreign.add_tag(event, "hostname", host)
    port = report.get("port")
    foreign.add_tag(event, "port", str(port) if isinstance(port, int | str) else "")
    event["logentry"] = {"formatted": f"{_NAMES[event['logger']]} failed for {host or 'unknown host'}"}


_NAMES = {"expectct": "Expect-CT", "expectstaple": "Expect-Staple", "hpkp": "Public key pinning"}
_DESCRIBED = {"csp": _csp, "nel": _nel, "expectct": _certificate, "expectstaple": _certificate, "hpkp": _certificate}
