"""From options to a stack: which parts, on which ports, with which environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from errata.runtime.settings import cuts_in
from errata.stages.plan import PlanError
from errata.stages.plan import plan as segments_of
from errata_cli.local.clickhouse import clickhouse_part
from errata_cli.local.data_folder import Kept
from errata_cli.local.kafka import kafka_part
from errata_cli.local.log import StackLog
from errata_cli.local.options import StackOptions
from errata_cli.local.part import CannotStartError, Part
from errata_cli.local.ports import PortPicker
from errata_cli.local.redis import redis_part
from errata_cli.local.services import jobs, services

# Chosen by whoever starts the stack, and needed alike by every service and tool.
_SHARED = ("ERRATA_TOPIC_PREFIX", "ERRATA_PARTITIONS", "ERRATA_GENERATION")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A stack that could be started now."""

    parts: tuple[Part, ...]
    """Each after those it needs."""
    environment: dict[str, str]
    """The ERRATA_* variables that make services and tools talk to this stack."""
    relay_port: int
    console_port: int
    notes: tuple[str, ...]
    """What is not as asked."""


def make_plan(options: StackOptions, log: StackLog, secret: str, given: Mapping[str, str] = os.environ) -> Plan:
    """Give the parts of a stack. What `given` names by address (ERRATA_KAFKA...) is used as it is, not started.

    Raises:
        CannotStartError: the chain cannot be cut like that.

    """
    ports = PortPicker()
    environment = {
        "ERRATA_DATA": str(options.data.resolve()),
        "ERRATA_CONFIG": str(options.config.resolve()),
        "ERRATA_BLOBS": given.get("ERRATA_BLOBS") or str((options.data / Kept.BLOBS).resolve()),
        **{name: given[name] for name in _SHARED if given.get(name)},
        **({"ERRATA_CUT_AFTER": options.cut_after} if options.cut_after else {}),
    }
    try:
        segments = segments_of(cuts_in(options.cut_after))
    except PlanError as error:
        raise CannotStartError(f"--cut-after: {error}") from None
    parts: list[Part] = []
    notes: list[str] = []

    def pick(name: str, preferred: int) -> int:
        port = ports.pick(preferred)
        if preferred not in {0, port} and options.includes(name):
            notes.append(f"port {preferred} is taken; {name} listens on {port}")
        return port

    for server in _servers(options, log, ports):
        if given.get(server.variable):
            environment[server.variable] = given[server.variable]
        elif options.includes(server.name):
            port = pick(server.name, server.preferred_port)
            environment[server.variable] = server.address.format(port=port)
            parts.append(server.part(port))
    relay_port = pick("relay", options.relay_port)
    console_port = pick("console", options.console_port)
    private = environment | {"ERRATA_SECRET": secret}
    parts += jobs(environment)
    parts += services(
        private,
        options.data,
        ports,
        relay_port=relay_port,
        console_port=console_port,
        processors=options.processors,
        segments=segments,
    )
    names = {part.name for part in parts if options.includes(part.name)}
    return Plan(
        parts=tuple(replace(part, needs=_within(part.needs, names)) for part in parts if part.name in names),
        environment=environment,
        relay_port=relay_port,
        console_port=console_port,
        notes=tuple(notes),
    )


class _Server(NamedTuple):
    name: str
    variable: str
    address: str
    preferred_port: int
    part: Callable[[int], Part]


def _servers(options: StackOptions, log: StackLog, ports: PortPicker) -> tuple[_Server, ...]:
    def kafka(port: int) -> Part:
        return kafka_part(options.data / Kept.KAFKA, port, ports.pick(), lambda line: log.write("kafka", line))

    def redis(port: int) -> Part:
        return redis_part(options.data / Kept.REDIS, port)

    def clickhouse(port: int) -> Part:
        return clickhouse_part(options.data / Kept.CLICKHOUSE, port)

    return (
        _Server("kafka", "ERRATA_KAFKA", "kafka://127.0.0.1:{port}", options.kafka_port, kafka),
        _Server("redis", "ERRATA_REDIS", "redis://127.0.0.1:{port}/0", options.redis_port, redis),
        _Server(
            "clickhouse", "ERRATA_CLICKHOUSE", "http://127.0.0.1:{port}/errata", options.clickhouse_port, clickhouse
        ),
    )


def _within(needs: tuple[str, ...], names: set[str]) -> tuple[str, ...]:
    """Leave out needs that are no parts of this stack: what is used by address is waited for by who uses it."""
    return tuple(need for need in needs if need in names)
