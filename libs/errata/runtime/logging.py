"""Structured logs: one JSON object a line, or coloured text at a terminal; never content of an event.

Levels say what an operator must do: debug and info nothing, warning means look, nothing was lost; error means
something was lost or needs a hand. Exceptions are logged by class and place only: their text can hold personal data.
"""

import logging
import sys
from types import TracebackType
from typing import Any

import structlog

Logger = structlog.stdlib.BoundLogger


def configure(service: str, level: str, form: str) -> None:
    """Send all logs of this process, libraries' too, to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_service(service),
        _describe_exception,
    ]
    renderer: Any = structlog.processors.JSONRenderer()
    if form == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # aiokafka repeats each refused connection several times a second while a broker is away; services say it once.
    for noisy in ("aiokafka", "kafka"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL if level != "debug" else logging.DEBUG)


def get(name: str) -> Logger:
    """Give the logger of a module."""
    logger: Logger = structlog.stdlib.get_logger(name)
    return logger


def _name_service(service: str) -> Any:
    def processor(_logger: Any, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
        entry["service"] = service
        return entry

    return processor


def _describe_exception(_logger: Any, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Put an exception's class and its innermost frames in place of its text."""
    info = entry.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        entry["error"] = type(error).__name__
        entry["at"] = _innermost(error.__traceback__)
    return entry


def _innermost(traceback: TracebackType | None, keep: int = 4) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-keep:]
