"""Prints what every fault scenario came to, their sum in the very last line."""

import pytest
from tests.faults.verdict import TOTALS, Verdict


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print after pytest's own summary."""
    if not TOTALS:
        return
    total = Verdict()
    for name, verdict in TOTALS.items():
        print(f"{name}: {verdict}")
        for promise in verdict.broken:
            print(f"  BROKEN: {promise}")
        for figure in ("sent", "accepted", "unanswered", "stored", "issues", "alerts"):
            setattr(total, figure, getattr(total, figure) + getattr(verdict, figure))
        total.broken += verdict.broken
    print(f"faults: {len(TOTALS)} scenarios, {total}")
