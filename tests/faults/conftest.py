"""Prints what every fault scenario came to, their sum in the very last line."""

import pytest
from tests.faults.chaos import SEED
from tests.faults.verdict import TOTALS, Verdict


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a scenario as broken that ended before its verdict, such as when its stack did not start."""
    if report.failed and "/faults/test_faults.py" in report.nodeid:
        verdict = TOTALS.setdefault(report.nodeid, Verdict(report.nodeid))
        if not verdict.broken:
            verdict.broken.append(f"failed at its {report.when}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print after pytest's own summary."""
    if not TOTALS:
        return
    total = Verdict()
    for verdict in TOTALS.values():
        print(f"{verdict.name}: {verdict}")
        for promise in verdict.broken:
            print(f"  BROKEN: {promise}")
        for figure in ("sent", "accepted", "unanswered", "stored", "issues", "alerts"):
            setattr(total, figure, getattr(total, figure) + getattr(verdict, figure))
        total.broken += verdict.broken
    print(f"faults: seed {SEED}, {len(TOTALS)} scenarios, {total}")
