"""Running a command's questions to servers: what keeps it from an answer is told in one sentence, with one status.

The status is 2, as grep's: 0 and 1 are answers, 2 says that there is none.
"""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import Progress

CANNOT_TELL = 2

AnswerT = TypeVar("AnswerT")


class CannotTellError(Exception):
    """There is no answer to give just now; the text is the sentence to say."""


_AWAY = "{0} does not answer; {1} names its address, and `errata status` shows whether a stack runs here"
# The first class that an error is of says what to say of it.
_SENTENCES = (
    (__name__, "CannotTellError", "{error}"),
    ("errata.runtime.settings", "AddressError", "{error}"),
    ("errata.stores.clickhouse.client", "Away", _AWAY.format("ClickHouse", "ERRATA_CLICKHOUSE")),
    ("errata.stores.clickhouse.client", "Refused", "{error.details}"),
    ("errata.stores.clickhouse.migrate", "MigrationError", "{error}"),
    ("errata.stores.kafka.topics", "TopicsError", "{error}"),
    ("aiokafka.errors", "KafkaConnectionError", _AWAY.format("Kafka", "ERRATA_KAFKA")),
    ("aiokafka.errors", "KafkaError", "Kafka does not do it: {kind}"),
    ("redis.exceptions", "ConnectionError", _AWAY.format("Redis", "ERRATA_REDIS")),
    ("redis.exceptions", "TimeoutError", _AWAY.format("Redis", "ERRATA_REDIS")),
    ("redis.exceptions", "RedisError", "Redis does not do it: {error}"),
    ("obstore.exceptions", "BaseError", "the store of uploads does not answer ({kind}); ERRATA_BLOBS names it"),
)


def run(work: Coroutine[Any, Any, AnswerT]) -> AnswerT:
    """Give what a coroutine gives.

    Raises
    ------
    SystemExit
        With status 2, after a sentence on standard error: a server does not answer or refuses, an address is wrong.

    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # says with a traceback what is said here in a line
    try:
        return asyncio.run(work)
    except Exception as error:
        sentence = next((said for module, name, said in _SENTENCES if _is(error, module, name)), None)
        if sentence is None:
            raise
        print(sentence.format(error=error, kind=type(error).__name__), file=sys.stderr)
        raise SystemExit(CANNOT_TELL) from None


def progress_bars(*, quiet: bool = False) -> Progress:
    """Give bars for the person who waits, on standard error and gone at the end; none where that is no terminal."""
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=quiet or not console.is_terminal)


def _is(error: Exception, module: str, name: str) -> bool:
    """Whether an error is of a class of a module, which is not imported for that.

    What was never imported has raised nothing, and importing every client would add half a second to each command.
    """
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)
