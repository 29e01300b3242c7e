"""What a batch is processed by in tests: chains that fail in each way a stage can, terms, uploads, items."""

import ctypes
import json
import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.services.errata_processor.rig import PROJECT, item

from errata.config.loading import parse_project
from errata.config.model import Config, Project
from errata.contracts.outcomes import Dropped, Invalid, Reason
from errata.contracts.pack import Item, encode_pack
from errata.stages.pipeline import Chain, build
from errata.stages.stage import Context, Event
from errata_processor.artifacts import known_uploads
from errata_processor.batch import Batch, Record, unpack
from errata_processor.chains import Chains
from errata_processor.main import run
from errata_processor.settings import ProcessorSettings
from errata_processor.terms import Terms

CONFIG = Config(
    projects={1: parse_project(PROJECT.encode(), Path("shop.yaml"))}, keys={}, alert_rules={}, hash="0123456789abcdef"
)


class Trap:
    """A stage that does what an event's message says."""

    name = "trap"

    def __call__(self, event: Event, _context: Context) -> Event:
        text = str(event)
        if "please be dropped" in text:
            raise Dropped(Reason.IGNORED_TYPE)
        if "please be invalid" in text:
            raise Invalid(Reason.TOO_DEEP)
        if "please fail" in text:
            raise KeyError("a secret of the client")
        if "please exit" in text:
            os._exit(1)
        if "please take all memory" in text:
            bytearray(1 << 40)
        if "please segfault" in text:
            ctypes.string_at(0)
        if "please hang" in text:
            time.sleep(3600)
        if "please grow" in text:
            event["exception"] = {"values": [{"type": "E", "value": "x" * 5_000_000}]}
        return event


def with_trap(project: Project, only: Sequence[str] | None = None) -> Chain:
    return Chain((*build(project, only).stages, Trap()))


def main() -> None:
    """Run a processor whose chains hold a trap."""
    run(with_trap)


def terms(**fields: Any) -> Terms:
    """Give terms of project 1, with a trap in its chain."""
    known = {"chains": Chains(CONFIG, with_trap), "generation": 2, "hash_key": b"k", "now": 1_700_000_000_000_000}
    return Terms(**(known | {"max_event_bytes": 4_000_000} | fields))


def event(text: str) -> Item:
    """Give an item whose message says what shall happen to it."""
    return item(json.dumps({"message": text}).encode())


def batch_of(*packs: tuple[Item, ...]) -> Batch:
    """Give consecutive records of partition 3 as one batch."""
    records = [Record(3, 100 + number, encode_pack(pack), 0) for number, pack in enumerate(packs)]
    (batch,) = unpack(records, 100, terms(), 500)
    return batch


def uploads_in(folder: Path) -> partial[Any]:
    """Give what makes the processor's own uploads over the store in a folder, as another process can call it, too."""
    own = ProcessorSettings(blobs=str(folder / "blobs"), artifact_cache=folder / "cache", secret="0" * 32)
    return partial(known_uploads, own)
