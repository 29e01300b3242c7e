"""Everything that a stack keeps has a name in one list, and goes with `errata down --wipe`; nothing else does."""

from pathlib import Path

from errata_cli.commands.down import down
from errata_cli.local.data_folder import Kept
from errata_cli.local.log import StackLog
from errata_cli.local.options import StackOptions
from errata_cli.local.plan import make_plan


def make_all(data: Path) -> None:
    for name in Kept:
        if "." in name or name in {Kept.SECRET, Kept.LOCK}:
            (data / name).touch()
        else:
            (data / name / "inside").mkdir(parents=True)


def test_a_wiped_folder_is_gone(tmp_path, capsys):
    data = tmp_path / "stack"
    data.mkdir()
    make_all(data)
    (data / Kept.STATE).unlink()
    assert down(data=data, wipe=True) == 0
    assert not data.exists()


def test_what_somebody_else_put_there_stays(tmp_path, capsys):
    make_all(tmp_path)
    (tmp_path / Kept.STATE).unlink()
    (tmp_path / "notes.txt").touch()
    assert down(data=tmp_path, wipe=True) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_every_path_that_a_part_is_given_is_one_of_the_list(tmp_path):
    data = tmp_path / "stack"
    options = StackOptions(data=data, config=tmp_path / "config")
    plan = make_plan(options, StackLog(tmp_path / "log"), "f00d", {})
    given = [word for part in plan.parts for word in (*part.command, *part.environment.values())]
    names = {Path(word).relative_to(data).parts[0] for word in given if word.startswith(f"{data}/")}
    assert {Kept.BLOBS, Kept.CACHE, Kept.SPOOL} <= names <= set(Kept)
