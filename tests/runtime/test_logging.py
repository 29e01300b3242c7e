"""Logs are one JSON object a line and never carry an exception's text."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from errata.runtime import logging as errata_logging


@pytest.fixture(autouse=True)
def _leave_logging_as_it_was() -> Iterator[None]:
    """The handler made here writes to this test's own standard error, which is closed after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_an_exception_is_logged_by_class_and_place_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    errata_logging.configure("relay", "info", "json")
    try:
        raise ValueError("card 4111 1111 1111 1111")
    except ValueError:
        errata_logging.get("test").exception("could not")
    entry = json.loads(capsys.readouterr().err)
    assert entry["error"] == "ValueError"
    assert entry["service"] == "relay"
    assert "test_logging.py" in entry["at"][-1]
    assert "4111" not in json.dumps(entry)


def test_logs_of_libraries_take_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    errata_logging.configure("relay", "info", "json")
    try:
        raise ValueError("card 4111 1111 1111 1111")
    except ValueError:
        logging.getLogger("some.library").exception("broke")
    err = capsys.readouterr().err
    assert json.loads(err)["event"] == "broke"
    assert "4111" not in err
