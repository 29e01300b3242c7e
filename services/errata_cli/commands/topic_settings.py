"""How topics are made, as the environment says."""

from pydantic import Field

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.topics import BROKER_DEFAULT


class TopicSettings(CommonSettings):
    """The settings of commands that make topics."""

    replication: int = Field(
        BROKER_DEFAULT, ge=-1, le=15, description="Copies of each partition; -1 is the broker's default"
    )
