"""Places of real maps, looked up: source, position, and the name where the labels have one.

The labels give the last token of 11 maps the name of the token before it, though its segment has no name (ECMA-426:
a segment of four fields has none). Names are therefore scored twice: as labelled, and where the map itself holds one.
"""

from tests.corpora.where import Score
from tests.data import CORPORA

from errata.stages.symbolicate.source_map import SourceMap

CORPUS = "sourcemap_lookups"


def scores(cases):
    """Give the figures of the corpus."""
    maps = {name: SourceMap(b"", (CORPORA / "maps" / name).read_bytes()) for name in {case["map"] for case in cases}}
    placed = named = labelled = held = same = 0
    for case in cases:
        found = maps[case["map"]].lookup(case["gen_line0"] + 1, case["gen_col0"] + 1)
        placed += (
            found is not None
            and found.source.endswith(case["source"])
            and (found.line - 1, found.column - 1) == (case["line0"], case["col0"])
        )
        if case["name"] is not None:
            labelled += 1
            named += found is not None and found.name == case["name"]
            if found is not None and found.name:
                held += 1
                same += found.name == case["name"]
    return [
        Score("positions", placed / len(cases), 1.0),
        Score("names, where segments have one", same / held, 1.0),
        Score("names, as labelled", named / labelled, 0.99),
    ]
