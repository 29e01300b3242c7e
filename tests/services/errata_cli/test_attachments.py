"""Files are saved where they should be and nowhere else, whatever a client called them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errata_cli.commands.attachments import file_name, write_new


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("screenshot.png", "screenshot.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("/", "attachment"),
        ("..", "attachment"),
        ("", "attachment"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("a b;c\n\x00.txt", "a_b_c__.txt"),
        ("Bildschirm für.png", "Bildschirm_für.png"),
        ("a" * 300 + ".log", "a" * 40 + ".log"),
    ],
)
def test_names_lose_what_could_lead_elsewhere(said: str, name: str) -> None:
    assert file_name(said) == name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("./\\~-a\x00\n\u202e\U0001f600é:*")) | st.text())
def test_any_name_is_that_of_a_file_in_the_folder(tmp_path: Path, said: str) -> None:
    path = write_new(tmp_path, said, b"x")
    assert path.resolve().parent == tmp_path.resolve()
    assert path.read_bytes() == b"x"
    path.unlink()


def test_nothing_is_overwritten_and_no_link_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "new" / "folder"
    first = write_new(folder, "a.txt", b"1")
    (folder / "b.txt").symlink_to(outside)
    assert write_new(folder, "x/a.txt", b"2").name == "a-2.txt"
    assert write_new(folder, "b.txt", b"3").name == "b-2.txt"
    assert first.read_bytes() == b"1"
    assert not outside.exists()
