"""What all owners of a process share."""

from typing import NamedTuple

from aiokafka import AIOKafkaConsumer

from errata.contracts.times import Clock
from errata.runtime.health import Health
from errata_tracker.landed import Landed
from errata_tracker.rule_book import RuleBook
from errata_tracker.settings import TrackerSettings
from errata_tracker.tables import Tables


class World(NamedTuple):
    """Settings, connections and the rules in force."""

    settings: TrackerSettings
    consumer: AIOKafkaConsumer
    tables: Tables
    landed: Landed
    book: RuleBook
    health: Health
    clock: Clock
