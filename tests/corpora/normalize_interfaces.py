"""Each interface of an event against what Sentry made of it: exact cases, recall of leaves, and the notes of errors."""

from collections import Counter

from tests.corpora.where import Score

from errata.config.model import Project
from errata.stages.normalize import Normalize
from errata.stages.stage import Context

CORPUS = "normalize_interfaces"

VIEWS = {
    "breadcrumbs": lambda e: e.get("breadcrumbs"),
    "contexts": lambda e: e.get("contexts"),
    "csp": lambda e: e.get("csp"),
    "debug_meta": lambda e: e.get("debug_meta"),
    "exception": lambda e: e.get("exception"),
    "expectct": lambda e: e.get("expectct"),
    "expectstaple": lambda e: e.get("expectstaple"),
    "frame": lambda e: e["stacktrace"]["frames"][0],
    "geo": lambda e: (e.get("user") or {}).get("geo"),
    "http": lambda e: e.get("request"),
    "mechanism": lambda e: e["exception"]["values"][0].get("mechanism"),
    "message": lambda e: e.get("logentry"),
    "sdk": lambda e: e.get("sdk"),
    "single_exception": lambda e: e["exception"]["values"][0],
    "spans": lambda e: e.get("spans"),
    "stacktrace": lambda e: e.get("stacktrace"),
    "template": lambda e: e.get("template"),
    "threads": lambda e: e.get("threads"),
    "user": lambda e: e.get("user"),
}


def compare(case):
    """Give whether the case is exact, how many expected leaves there are and how many were found, and our view."""
    stage = Normalize(Project(id=1, slug="corpora", keys=()))
    event = stage(case["event_in"], Context(event_id="0" * 32, received_at=1_700_000_000_000_000))
    try:
        ours = VIEWS[case["id"].partition("/")[0]](event)
    except (KeyError, IndexError, TypeError):
        ours = None
    expected = case["expected_view"]["to_json"]
    wanted, found = Counter(leaves(expected)), Counter(leaves(ours))
    errors = Counter((e["type"], e["name"]) for e in case["expected_view"].get("errors") or ())
    noted = Counter((e["type"], e.get("name")) for e in event.get("errors", ()))
    return {
        "exact": wanted == found and errors == noted,
        "leaves": wanted.total(),
        "found": (wanted & found).total(),
        "ours": (ours, dict(noted)),
        "expected": (expected, dict(errors)),
    }


def leaves(value, path=""):
    """Yield path and value of each leaf; null is absent, numbers count to a thousandth."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}")
        if not value and path:
            yield path, "{}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}.{index}")
        if not value:
            yield path, "[]"
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield path, round(value, 3)
    elif value is not None:
        yield path, value


def scores(cases):
    """Give the figures of the corpus."""
    results = [compare(case) for case in cases]
    exact = sum(result["exact"] for result in results) / len(results)
    recall = sum(result["found"] for result in results) / sum(result["leaves"] for result in results)
    return [Score("exact", exact, 0.90), Score("leaf recall", recall, 0.98)]
