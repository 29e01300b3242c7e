"""The `errata` command: an explicit table of its commands, each imported only when it is called."""

import sys
from importlib import import_module
from importlib.metadata import version
from typing import NamedTuple

from cyclopts import App, Group

from errata_cli.local.state import adopt_running_stack

STACK = Group("The stack on this machine", sort_key=1)
PEOPLE = Group("Issues and rules", sort_key=2)
OPERATORS = Group("Operating", sort_key=3)
SERVICES = Group("Services, settings from ERRATA_* variables", sort_key=4)


class Command(NamedTuple):
    """One command: its name, where its function or `App` stands, and what `errata --help` says of it."""

    name: str
    target: str
    about: str
    group: Group


COMMANDS = (
    Command("up", "errata_cli.commands.up:up", "Start Kafka, Redis, ClickHouse and every service here", STACK),
    Command("status", "errata_cli.commands.status:status", "Show each part: state, memory, health", STACK),
    Command("down", "errata_cli.commands.down:down", "Stop what `errata up` started", STACK),
    Command("tour", "errata_cli.commands.tour:tour", "Start it, send a few real errors, show what came of them", STACK),
    Command("issues", "errata_cli.commands.issues:app", "List issues; show, resolve, archive or reopen one", PEOPLE),
    Command("attachments", "errata_cli.commands.attachments:app", "Files that came with events: list, save", PEOPLE),
    Command("try", "errata_cli.commands.try_:try_", "Dry run: what becomes of the events in a file, and why", PEOPLE),
    Command("config", "errata_cli.commands.config:app", "Check the configuration files", OPERATORS),
    Command("tokens", "errata_cli.commands.tokens:app", "Make tokens for the API", OPERATORS),
    Command("topics", "errata_cli.commands.topics:app", "Make, list and check the Kafka topics", OPERATORS),
    Command("migrate", "errata_cli.commands.migrate:migrate", "Bring ClickHouse's tables to this version", OPERATORS),
    Command("query", "errata_cli.commands.query:query", "Ask ClickHouse in SQL, read-only", OPERATORS),
    Command("audit", "errata_cli.commands.audit:audit", "Prove that each item ended exactly once", OPERATORS),
    Command("trace", "errata_cli.commands.trace:trace", "Show each hop of one event", OPERATORS),
    Command("artifacts", "errata_cli.commands.artifacts:app", "Uploaded source maps and debug files", OPERATORS),
    Command("explain-frame", "errata_cli.commands.explain_frame:explain_frame", "Why a frame is as it is", OPERATORS),
    Command("dead-letters", "errata_cli.commands.dead_letters:app", "Items that failed: list, show, replay", OPERATORS),
    Command("spool", "errata_cli.commands.spool:app", "Rescue what a relay left on disk", OPERATORS),
    Command("relay", "errata_relay.main:main", "Accept what clients send; put it on Kafka", SERVICES),
    Command("processor", "errata_processor.main:main", "Turn items into scrubbed, grouped events", SERVICES),
    Command("tracker", "errata_tracker.main:main", "Keep the state of issues; publish alerts", SERVICES),
    Command("writer", "errata_writer.main:main", "Land events in ClickHouse, each once", SERVICES),
    Command("console", "errata_console.main:main", "Serve the API that sentry-cli talks to", SERVICES),
    Command("chdb", "errata_chdb.main:main", "Serve ClickHouse's HTTP interface from chDB", SERVICES),
)

# What talks to a stack, unlike what starts one or is a part of it.
_TOOLS = {command.name for command in COMMANDS if command.group in {PEOPLE, OPERATORS}}
_ABOUT = """Track the errors of your applications: capture, group, alert, resolve.

Start with `errata up`: it runs the whole pipeline on this machine and prints a DSN. Put that into any Sentry client;
its errors become issues. Look at them with `errata issues list`; stop with `errata down`.

Tools talk to the stack that runs in .errata/stack (or ERRATA_DATA), unless ERRATA_KAFKA, ERRATA_REDIS and
ERRATA_CLICKHOUSE name others.
"""


def build(chosen: str) -> App:
    """Give the command line. The chosen command is imported and describes itself; a line stands for each other one."""
    app = App(name="errata", help=_ABOUT, version=version("errata"))
    for place, command in enumerate(COMMANDS):
        about = None if command.name == chosen else command.about
        more = _settings(command) if command.name == chosen and command.group is SERVICES else {}
        app.command(command.target, name=command.name, help=about, group=command.group, sort_key=place, **more)
    app["--help"].show = app["--version"].show = False
    return app


def _settings(command: Command) -> dict[str, str]:
    """Give the part of a service's help that names its settings."""
    # Imported by name, as commands are: every other command would wait for it.
    return {"help_epilogue": import_module("errata_cli.service_help").describe_settings(command.name)}


def main() -> None:
    """Run the command that the arguments name."""
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    if chosen in _TOOLS:
        adopt_running_stack()
    build(chosen)()
