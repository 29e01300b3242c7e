"""ClickHouse as a tracker asks it in the middle of a turn: soon, or not at all."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from errata.stores.clickhouse.client import Away, ClickHouse, Refused

_ANSWER_SECONDS = 5.0
"""An answer takes milliseconds; whoever waits holds up alerts."""
_PAUSE_SECONDS = 5.0
"""After a question without an answer; each batch with a new issue would wait for one that does not come."""

AnswerT = TypeVar("AnswerT")


class Tables:
    """ClickHouse, connected when first needed; shared by all owners of a process."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._clickhouse: ClickHouse | None = None
        self._again = 0.0

    async def ask(self, question: Callable[[ClickHouse], Awaitable[AnswerT]]) -> AnswerT:
        """Give the answer to a question.

        Raises:
            Away, Refused: there is none, or there was none a moment ago.

        """
        if time.monotonic() < self._again:
            raise Away("it did not answer a moment ago")
        try:
            if self._clickhouse is None:
                self._clickhouse = await ClickHouse.connect(self._address, timeout_s=_ANSWER_SECONDS)
            return await question(self._clickhouse)
        except (Away, Refused):
            self._again = time.monotonic() + _PAUSE_SECONDS
            raise
