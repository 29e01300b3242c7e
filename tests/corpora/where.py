"""Where the labelled cases lie, how they are read, and what a score is; the cases are never part of the repository."""

import operator
from typing import NamedTuple

from tests.data import CORPORA

from errata.contracts import odd_json


class Score(NamedTuple):
    """One measured figure of a corpus, with what is aimed at."""

    measure: str
    value: float
    aim: float
    at_most: bool = False
    """Set where less is better."""

    @property
    def reached(self):
        return (operator.le if self.at_most else operator.ge)(round(self.value, 6), self.aim)


def cases(name):
    """Give the cases of a corpus, or None when it is not on this machine."""
    path = CORPORA / f"{name}.jsonl"
    if not path.exists():
        return None
    with path.open("rb") as lines:
        return [odd_json.loads(line) for line in lines]
