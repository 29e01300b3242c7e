"""`errata topics`: make, list and check the Kafka topics; `skip` and `recreate` stand in files of their own."""

import os

from cyclopts import App
from rich.console import Console
from rich.table import Table

from errata.contracts.topics import Topic
from errata.runtime.settings import load
from errata.stores.kafka.layout import contradictions, recorded
from errata.stores.kafka.topics import (
    Differences,
    TopicOnBroker,
    admin_client,
    compare,
    make_topics,
    topics_on_broker,
    wanted_topics,
)
from errata_cli.commands.run import run
from errata_cli.commands.topic_settings import TopicSettings
from errata_cli.commands.topics_recreate import recreate
from errata_cli.commands.topics_skip import skip

app = App(name="topics", help="Make, list, check and recreate the Kafka topics; go on after lost records.")
app.command(skip)
app.command(recreate)


@app.command
def apply() -> int:
    """Make the topics that are missing; existing ones are left as they are, and their differences told.

    ERRATA_PARTITIONS and ERRATA_REPLICATION say how. Ends with 78 when a partition count differs.

    Example: `ERRATA_REPLICATION=3 errata topics apply`
    """
    return run(_apply(load(TopicSettings)))


@app.command
def check() -> int:
    """Compare the broker's topics with what Errata needs; ends with 1 when something differs, 2 without an answer.

    Example: `errata topics check`
    """
    differences = run(_check(load(TopicSettings)))
    _tell(differences)
    return 1 if differences.fatal or differences.notable else 0


@app.command(name="list")
def show() -> None:
    """Show every topic: whether it is there, its partitions, how long it keeps what, who must read it, what it is for.

    Example: `errata topics list`
    """
    settings = load(TopicSettings)
    there = run(_there(settings))
    table = Table("topic", "partitions", "keeps", "read by", "public", "about", box=None, pad_edge=False)
    for name, (topic, _) in wanted_topics(settings).items():
        found = there.get(name)
        count = "missing" if found is None else str(found.partitions)
        table.add_row(
            name, count, _keeps(topic), ", ".join(topic.read_by), "yes" if topic.public else "no", topic.about
        )
    Console().print(table)


async def _apply(settings: TopicSettings) -> int:
    made = await make_topics(settings, settings.replication)
    print(f"made {len(made)} topics with {settings.partitions} partitions" if made else "every topic is there")
    differences = await _check(settings)
    _tell(differences)
    return os.EX_CONFIG if differences.fatal else 0


async def _check(settings: TopicSettings) -> Differences:
    found = compare(wanted_topics(settings), await _there(settings))
    if found.fatal:
        return found
    return Differences(fatal=contradictions(await recorded(settings), settings), notable=found.notable)


async def _there(settings: TopicSettings) -> dict[str, TopicOnBroker]:
    async with admin_client(settings.kafka) as client:
        return await topics_on_broker(client, settings.topic_prefix)


def _tell(differences: Differences) -> None:
    for line in (*differences.fatal, *differences.notable):
        print(line)
    if not differences.fatal and not differences.notable:
        print("all topics are as they should be")


def _keeps(topic: Topic) -> str:
    return "last of each key" if topic.compact else f"{topic.retention_hours} h"
