"""A plugin that prints what every fault scenario came to, their sum in the very last line.

It works on the reports of tests alone: the process that prints may be another than the one that ran them.
"""

import dataclasses
import os
from collections.abc import Callable, Iterator

import pytest
from tests.faults.chaos import SEED
from tests.faults.verdict import Verdict

# Processes that pytest-xdist starts read it there, so that all have the seed that is printed.
os.environ["ERRATA_TEST_SEED"] = str(SEED)

_PROPERTY = "verdict"
_totals: list[Verdict] = []
_failed: dict[str, str] = {}


@pytest.fixture
def verdict(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[Verdict]:
    """What a scenario came to; printed after the run."""
    verdict = Verdict(request.node.name)
    yield verdict
    record_property(_PROPERTY, dataclasses.asdict(verdict))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take the verdict out of the last report of a scenario, and count one as broken that failed without saying why."""
    if "faults/test_faults.py" not in report.nodeid:
        return
    if report.failed:
        _failed[report.nodeid] = report.when
    if report.when == "teardown":
        told = dict(report.user_properties).get(_PROPERTY)
        verdict = Verdict(**told) if isinstance(told, dict) else Verdict(report.nodeid)
        when = _failed.pop(report.nodeid, None)
        if when and not verdict.broken:
            verdict.broken.append(f"failed at its {when}")
        if told or when:
            _totals.append(verdict)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print after pytest's own summary."""
    if not _totals:
        return
    total = Verdict()
    for verdict in _totals:
        print(f"{verdict.name}: {verdict}")
        for promise in verdict.broken:
            print(f"  BROKEN: {promise}")
        for figure in ("sent", "accepted", "unanswered", "stored", "issues", "alerts"):
            setattr(total, figure, getattr(total, figure) + getattr(verdict, figure))
        total.broken += verdict.broken
    print(f"faults: seed {SEED}, {len(_totals)} scenarios, {total}")
