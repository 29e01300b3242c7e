"""`errata topics recreate`: recreate the topics, as another partition count needs it, under the next generation."""

import asyncio
import sys
from typing import Annotated

from aiokafka.errors import UnknownTopicOrPartitionError, for_code
from cyclopts import Parameter

from errata.contracts.groups import TRACKER, WRITER
from errata.contracts.topics import LAYOUT, Layout
from errata.runtime.settings import load
from errata.stages.plan import plan
from errata.stores.kafka.connection import consumer
from errata.stores.kafka.group_offsets import committed, members
from errata.stores.kafka.layout import record, recorded
from errata.stores.kafka.topics import TopicsError, admin_client, make_topics, topics_on_broker
from errata_cli.commands.run import CannotTellError, run
from errata_cli.commands.topic_settings import TopicSettings

# A broker deletes topics a little after it has said so.
_LOOK_SECONDS = 0.2


def recreate(*, yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False) -> int:
    """Delete every topic and make it again with ERRATA_PARTITIONS, in the next generation, once you have confirmed it.

    Partition counts decide which issue goes where, so they cannot be changed otherwise. What nobody has read yet is
    lost: it is shown first, so stop the relays, wait until nothing is left, and stop the other services. What is in
    ClickHouse and Redis stays. Afterwards every service needs the new ERRATA_GENERATION, which is printed.

    Example: `ERRATA_PARTITIONS=32 errata topics recreate`

    Parameters
    ----------
    yes
        Delete the topics without asking, such as in a script; by default a person is asked.

    """
    return run(_recreate(load(TopicSettings), ask=not yes))


async def _recreate(settings: TopicSettings, *, ask: bool) -> int:
    made = await recorded(settings)
    if made is None:
        raise CannotTellError("there is no record of what the topics were made with; `errata topics apply` writes it")
    for group in (*(segment.group for segment in plan(settings.cuts)), TRACKER, WRITER):
        if await members(settings, group):
            raise CannotTellError(f"a {group} is running; stop all services first")
        if unread := await _unread(settings, group):
            print(f"the {group} has not read {unread} records: they will be lost")
    after = Layout(partitions=settings.partitions, generation=made.generation + 1)
    print(
        f"from {made.partitions} partitions in generation {made.generation} to {after.partitions} in {after.generation}"
    )
    if ask and not _confirmed():
        print("nothing was changed; `--yes` does not ask", file=sys.stderr)
        return 1
    # First: whatever ends this half-way, no service takes old offsets for new ones.
    await record(settings, after)
    await _delete(settings)
    await make_topics(settings, settings.replication)
    print(f"recreated; start every service with ERRATA_GENERATION={after.generation}")
    return 0


def _confirmed() -> bool:
    return sys.stdin.isatty() and input("Delete all topics and make them again? [y/N] ").strip().lower() in {"y", "yes"}


async def _unread(settings: TopicSettings, group: str) -> int:
    """Give how many records, markers of transactions among them, lie after what the group has committed."""
    positions = await committed(settings, group)
    if not positions:
        return 0
    async with consumer(settings, None) as log:
        ends = await log.end_offsets(list(positions))
    return sum(max(0, ends[place] - noted.offset) for place, noted in positions.items())


async def _delete(settings: TopicSettings) -> None:
    async with admin_client(settings.kafka) as client:
        there = await topics_on_broker(client, settings.topic_prefix)
        names = [name for name in there if name != settings.topic_prefix + LAYOUT]
        answer = await client.delete_topics(names)
        for name, code in answer.topic_error_codes:
            if code not in {0, UnknownTopicOrPartitionError.errno}:
                raise TopicsError(f"topic {name} is not deleted: {for_code(code).__name__}")
        while set(names) & set(await topics_on_broker(client, settings.topic_prefix)):  # noqa: ASYNC110 - Kafka tells nobody
            await asyncio.sleep(_LOOK_SECONDS)
