"""What the frames of a batch need of uploads: fetched between two passes of the pure code, never within one."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, cast

from errata.runtime import metrics
from errata.stages.symbolicate.artifacts import Absent, Answer, Need
from errata.stages.symbolicate.script import Script
from errata.stores.blobs.budget import Budget
from errata.stores.blobs.connection import connect
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.fetching import Fetcher
from errata_processor.settings import ProcessorSettings

# Bytes of one megabyte.
_MB = 1 << 20


class Known(Mapping[Any, Any]):
    """What is known of uploads while one batch is processed: memory, and for its length what was fetched for it."""

    def __init__(self, fetcher: Fetcher, budget: Budget) -> None:
        """Know what is in memory, and ask for more within a budget."""
        self._fetcher = fetcher
        self._budget = budget
        self._fetched: dict[Need, Answer] = {}

    def get(self, need: Any, default: Any = None) -> Any:
        """Give the answer to a need; what was fetched for this batch stays, however little memory there is."""
        return self._fetched.get(need) or self._fetcher.get(need) or default

    def __getitem__(self, need: Any) -> Any:
        answer = self.get(need)
        if answer is None:
            raise KeyError(need)
        return answer

    def __iter__(self) -> Iterator[Any]:
        return iter(self._fetched)

    def __len__(self) -> int:
        return len(self._fetched)

    async def refresh(self) -> None:
        """Notice what was uploaded since the batch before."""
        await self._fetcher.refresh()

    async def fetch(self, needs: Iterable[Hashable]) -> None:
        """Look up what is needed; each need has an answer afterwards."""
        found = await self._fetcher.fetch(cast("Iterable[Need]", needs), self._budget)
        for need, answer in found.items():
            failed = isinstance(answer, Absent) or (isinstance(answer, Script) and bool(answer.failure))
            metrics.PROCESSOR_FETCHED.labels(need.kind, "no" if failed else "yes").inc()
        metrics.PROCESSOR_ARTIFACT_BYTES.set(self._fetcher.held_bytes)
        self._fetched |= found


def known_uploads(own: ProcessorSettings) -> Callable[[], Known]:
    """Give what gives each batch its uploads.

    Raises:
        ValueError: the address of the store has a wrong form; the text names ERRATA_BLOBS.

    """
    fetcher = Fetcher(
        connect(own.blobs),
        DiskCache(own.artifact_cache, own.artifact_cache_mb * _MB),
        memory_bytes=own.artifact_memory_mb * _MB,
        retry_seconds=own.artifact_retry_seconds,
        timeout_seconds=own.artifact_timeout_seconds,
    )
    return lambda: Known(fetcher, Budget(own.artifact_batch_seconds, own.artifact_lookups))
