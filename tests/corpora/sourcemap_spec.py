"""TC39's own cases: maps that are none are refused, all others load and map as they should.

Of the actions that a case asks for, `checkMapping` is what a tracker does. `checkIgnoreList` and
`checkMappingTransitive` are about what debuggers do with a map (hide files, go on through further maps).
"""

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
    places = [test for test in case.get("testActions") or () if test["actionType"] == "checkMapping"]
    return case["sourceMapIsValid"] and all(is_mapped(source_map, place) for place in places)


def is_mapped(source_map, test):
    """Tell whether one place is mapped as it should be, or to nothing where nothing is expected."""
    found = source_map.lookup(test["generatedLine"] + 1, test["generatedColumn"] + 1)
    if test["originalLine"] is None:
        return found is None
    wanted = (test["originalSource"], test["originalLine"], test["originalColumn"], test.get("mappedName"))
    return found is not None and (found.source or None, found.line - 1, found.column - 1, found.name or None) == wanted


def scores(cases):
    """Give the figures of the corpus."""
    return [Score("exact", sum(map(is_exact, cases)) / len(cases), 1.0)]
