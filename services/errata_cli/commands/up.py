"""`errata up`: the whole pipeline on this machine."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from errata_cli.local.background import launch, wait_until_ready
from errata_cli.local.foreground import run_stack
from errata_cli.local.options import DEFAULT_CONFIG, PartName, StackOptions
from errata_cli.local.part import CannotStartError
from errata_cli.local.state import DEFAULT_DATA


def up(
    *,
    data: Annotated[Path, Parameter(env_var="ERRATA_DATA")] = DEFAULT_DATA,
    config: Annotated[Path, Parameter(env_var="ERRATA_CONFIG")] = DEFAULT_CONFIG,
    only: Annotated[tuple[PartName, ...], Parameter(negative="")] = (),
    processors: int = 1,
    cut_after: Annotated[str, Parameter(env_var="ERRATA_CUT_AFTER")] = "",
    relay_port: Annotated[int, Parameter(env_var="ERRATA_RELAY_PORT")] = 9280,
    console_port: Annotated[int, Parameter(env_var="ERRATA_CONSOLE_PORT")] = 9281,
    kafka_port: Annotated[int, Parameter(env_var="ERRATA_KAFKA_PORT")] = 9092,
    redis_port: Annotated[int, Parameter(env_var="ERRATA_REDIS_PORT")] = 6379,
    clickhouse_port: Annotated[int, Parameter(env_var="ERRATA_CHDB_PORT")] = 8123,
    free_ports: Annotated[bool, Parameter(negative="")] = False,
    detach: Annotated[bool, Parameter(negative="")] = False,
    controlled: Annotated[bool, Parameter(show=False, negative="")] = False,
) -> int:
    """Start Kafka, Redis, ClickHouse and every service here, and keep them running until Ctrl-C.

    The first time it fetches Kafka with Maven and makes a configuration with one project. ERRATA_KAFKA, ERRATA_REDIS
    or ERRATA_CLICKHOUSE, where set, name a real one: it is used, and none is started. A taken port is replaced by a
    free one. Stacks with different `--data` run side by side.

    Example: `errata up --processors 2 --detach`

    Parameters
    ----------
    data
        The folder that holds everything this stack keeps.
    config
        The folder of the configuration; a first one is made when it holds no project.
    only
        Start this part alone; may be given several times. Without it all parts start.
    processors
        How many processors share the work; one is a process that uses at most one core.
    cut_after
        Stages after which the chain goes on in other processors, over a topic: `scrub`, `symbolicate` or both with a
        comma between. Empty runs the whole chain in each.
    relay_port
        The port where clients send errors.
    console_port
        The port of the API that `sentry-cli` talks to.
    kafka_port
        The port of the Kafka broker.
    redis_port
        The port of redis-server.
    clickhouse_port
        The port of ClickHouse's HTTP interface.
    free_ports
        Take any free ports in place of all of these.
    detach
        Return when everything is ready, and leave it running until `errata down`.
    controlled
        Obey `hold PART` and `release PART` on standard input, and stop at its end.

    """
    options = StackOptions(
        data=data,
        config=config,
        only=only,
        processors=processors,
        cut_after=cut_after,
        relay_port=0 if free_ports else relay_port,
        console_port=0 if free_ports else console_port,
        kafka_port=0 if free_ports else kafka_port,
        redis_port=0 if free_ports else redis_port,
        clickhouse_port=0 if free_ports else clickhouse_port,
    )
    try:
        if detach:
            return _detach(options)
        return run_stack(options, controlled=controlled)
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return 1


def _detach(options: StackOptions) -> int:
    process = launch(options, owned=False)
    try:
        wait_until_ready(options, process, say=print)
    except BaseException:  # Ctrl-C too: what was not waited for is not left behind
        process.terminate()
        raise
    return 0
