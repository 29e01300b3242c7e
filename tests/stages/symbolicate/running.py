"""The chain with uploads, as the processor runs it: again after what was missing has been fetched."""

import copy

from errata.config.model import Project
from errata.stages.pipeline import build
from errata.stages.stage import Context, Missing
from errata.stores.blobs.budget import Budget

PROJECT = Project(id=1, slug="shop", keys=())


async def processed(event, fetcher, only=None, project=PROJECT, budget=None):
    """Give the event after the chain, and the number of times that something had to be fetched."""
    chain = build(project, only)
    known, fetches = {}, 0
    await fetcher.refresh()
    while True:
        context = Context(event_id="a" * 32, received_at=1_790_000_000_000_000, hash_key=b"k", artifacts=known)
        try:
            return chain(copy.deepcopy(event), context), fetches
        except Missing as missing:
            known |= await fetcher.fetch(missing.needs, budget or Budget(60, 1_000))
            fetches += 1


def frames(event):
    return event["exception"]["values"][0]["stacktrace"]["frames"]


def raw_frames(event):
    return event["exception"]["values"][0]["raw_stacktrace"]["frames"]
