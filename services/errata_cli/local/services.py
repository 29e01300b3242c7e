"""Errata's own services as parts, and the two jobs that must be done before they start."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from errata.stages.plan import Segment
from errata_cli.local import probes
from errata_cli.local.data_folder import Kept
from errata_cli.local.part import Part
from errata_cli.local.ports import PortPicker


def jobs(environment: Mapping[str, str]) -> list[Part]:
    """Give the jobs that make topics and tables, ready or not."""
    errata = (sys.executable, "-m", "errata_cli")
    return [
        Part(name="topics", command=(*errata, "topics", "apply"), environment=environment, needs=("kafka",)),
        Part(name="migrate", command=(*errata, "migrate"), environment=environment, needs=("clickhouse",)),
    ]


def services(
    environment: Mapping[str, str],
    data: Path,
    ports: PortPicker,
    *,
    relay_port: int,
    console_port: int,
    processors: int,
    segments: Sequence[Segment],
) -> list[Part]:
    """Give every service, the processor as often as wanted for each segment of the chain."""
    common = dict(environment)
    relay = {"ERRATA_RELAY_PORT": str(relay_port), "ERRATA_SPOOL_DIR": str(data / Kept.SPOOL)}
    console = {"ERRATA_CONSOLE_PORT": str(console_port)}
    processor = common | {"ERRATA_ARTIFACT_CACHE": str(data / Kept.CACHE / "artifacts")}
    return [
        replace(_service("relay", "relay", common | relay, ports, needs=("topics",)), port=relay_port),
        *(
            _service(
                name,
                "processor",
                processor | {"ERRATA_INSTANCE": name, "ERRATA_SEGMENT": segment.after},
                ports,
                needs=("topics", "redis"),
            )
            for segment in segments
            for name in (f"{segment.group}-{number}" for number in range(1, processors + 1))
        ),
        _service(
            "tracker", "tracker", common | {"ERRATA_INSTANCE": "tracker-1"}, ports, needs=("topics", "redis", "migrate")
        ),
        _service("writer", "writer", common | {"ERRATA_INSTANCE": "writer"}, ports, needs=("topics", "migrate")),
        replace(_service("console", "console", common | console, ports, needs=("migrate",)), port=console_port),
    ]


def _service(
    name: str, service: str, environment: dict[str, str], ports: PortPicker, *, needs: tuple[str, ...]
) -> Part:
    port = ports.pick()
    return Part(
        name=name,
        # Not by way of the command line: its imports would cost each service some 15 MB.
        command=(sys.executable, "-m", f"errata_{service}"),
        environment=environment | {"ERRATA_ADMIN_PORT": str(port)},
        needs=needs,
        probe=probes.http(port, "/health/ready"),
        port=port,
    )
