"""The command line: its table leads somewhere, its help is quick, and its answers come with exit codes."""

import importlib
import subprocess
import sys

import pytest
from rich.console import Console

from errata.runtime.settings import CommonSettings
from errata_cli.local.first_config import make_first_config
from errata_cli.main import COMMANDS, SERVICES, build


def errata(*arguments):
    command = [sys.executable, "-m", "errata_cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_of_the_table_is_there(command):
    module, _, name = command.target.partition(":")
    target = getattr(importlib.import_module(module), name)
    assert callable(target)


def test_help_names_every_command_and_imports_none_of_them():
    code = (
        "import sys; from errata_cli.main import build; build('').help_print([]); "
        "heavy = {'aiokafka', 'faust', 'chdb', 'errata_relay', 'clickhouse_connect'}; "
        "print('imported', sorted(heavy & sys.modules.keys()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.endswith("imported []\n")
    for command in COMMANDS:
        assert command.about.replace("`", "")[:30] in told


def test_an_unknown_command_is_refused_and_a_near_one_suggested():
    refused = errata("statsu")
    assert refused.returncode != 0
    assert "status" in refused.stdout + refused.stderr


def test_a_good_configuration_is_confirmed(tmp_path):
    make_first_config(tmp_path)
    told = errata("config", "check", tmp_path)
    assert told.returncode == 0
    assert told.stdout.startswith("ok: 1 projects, 1 keys, 3 alert rules, hash ")


def test_a_mistake_in_the_configuration_is_told_with_its_line(tmp_path):
    make_first_config(tmp_path)
    file = tmp_path / "projects" / "shop.yaml"
    file.write_text(file.read_text() + "colour: red\n")
    told = errata("config", "check", tmp_path)
    assert told.returncode == 1
    line = len(file.read_text().splitlines())
    assert told.stdout.startswith(f"{file}:{line}: ")


def pages():
    """Give each command and subcommand with its help page, functions and options."""
    for command in COMMANDS:
        app = build(command.name)[command.name]
        names = [name for name in app if not name.startswith("-")]
        for name in names:
            yield f"{command.name} {name}", command, app[name]
        if not names:
            yield command.name, command, app


@pytest.mark.parametrize(("name", "command", "app"), [pytest.param(*page, id=page[0]) for page in pages()])
def test_every_help_says_what_the_command_does_with_an_example_and_each_option(name, command, app, capsys):
    build(command.name).help_print(name.split(), console=Console(width=200))
    page = capsys.readouterr().out
    lines = page.splitlines()
    assert lines[0].startswith(f"Usage: errata {name}")
    assert len(lines[2].strip()) > 20
    if command.group is SERVICES:
        assert all(f"ERRATA_{setting.upper()}" in page for setting in CommonSettings.model_fields)
        assert "(None)" not in page
        assert "PydanticUndefined" not in page
    else:
        assert f"Example: errata {name}" in page or f" errata {name}" in page.partition("Example: ")[2]
    options = app.assemble_argument_collection(parse_docstring=True)
    assert [option.names for option in options if len((option.parameter.help or "").split()) < 4] == []
