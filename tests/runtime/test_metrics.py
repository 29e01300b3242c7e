"""The registry of metrics: names follow one form, every metric is used, and none is made elsewhere (`make lint`)."""

import re
from pathlib import Path

from errata.runtime import metrics

ROOT = Path(__file__).parents[2]
KINDS = (metrics.Counter, metrics.Gauge, metrics.Histogram)
REGISTERED = {name: metric for name, metric in vars(metrics).items() if isinstance(metric, KINDS)}


def test_names_say_whose_metric_it_is_and_in_which_unit():
    for metric in REGISTERED.values():
        assert re.fullmatch(r"errata(_[a-z0-9]+){2,}", metric._name), metric._name
        assert metric._documentation
        if metric._type == "histogram":
            assert metric._name.endswith(("_seconds", "_items", "_events")), metric._name


def test_every_metric_is_used():
    code = "".join(path.read_text() for folder in ("libs", "services") for path in (ROOT / folder).rglob("*.py"))
    assert [name for name in REGISTERED if len(re.findall(rf"\b{name}\b", code)) < 2] == []
