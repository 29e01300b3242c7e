"""TC39's own cases: maps that are none are refused, all others load and map as they should."""

from tests.corpora.where import Score

from errata.stages.symbolicate.mappings import Malformed
from errata.stages.symbolicate.source_map import SourceMap

CORPUS = "sourcemap_spec"


def is_exact(case):
    """Tell whether a case is met."""
    try:
        source_map = SourceMap(b"", case["source_map"].encode())
    except Malformed:
        return not case["sourceMapIsValid"]
    return case["sourceMapIsValid"] and all(is_mapped(source_map, test) for test in case.get("testActions") or [])


def is_mapped(source_map, test):
    """Tell whether one place is mapped as it should be."""
    found = source_map.lookup(test["generatedLine"] + 1, test["generatedColumn"] + 1)
    wanted = (test["originalSource"], test["originalLine"], test["originalColumn"], test.get("mappedName"))
    return found is not None and (found.source or None, found.line - 1, found.column - 1, found.name or None) == wanted


def scores(cases):
    """Give the figures of the corpus."""
    return [Score("exact", sum(map(is_exact, cases)) / len(cases), 1.0)]
