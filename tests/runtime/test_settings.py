"""Settings come from the environment, and a wrong one stops the start with the name to set."""

import pytest

from errata.runtime.settings import CommonSettings, HashingSettings, load


def test_a_setting_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERRATA_PARTITIONS", "3")
    assert load(CommonSettings).partitions == 3


def test_an_empty_variable_leaves_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERRATA_PARTITIONS", "")
    assert load(CommonSettings).partitions == 8


def test_a_wrong_value_ends_the_start_with_status_78_and_the_variable_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ERRATA_PARTITIONS", "many")
    with pytest.raises(SystemExit) as end:
        load(CommonSettings)
    assert end.value.code == 78
    assert "ERRATA_PARTITIONS" in capsys.readouterr().err


def test_a_wrong_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Settings(CommonSettings):
        clickhouse: str = "x"
        secret: int = 0

    monkeypatch.setenv("ERRATA_SECRET", "hunter2-hunter2")
    with pytest.raises(SystemExit):
        load(Settings)
    err = capsys.readouterr().err
    assert "ERRATA_SECRET" in err
    assert "hunter2" not in err


@pytest.mark.parametrize(
    ("value", "said"), [("", "ERRATA_SECRET is not set. Key of the hashes"), ("short", "16 characters")]
)
def test_without_a_key_nobody_makes_hashes_that_stand_for_users(
    value: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ERRATA_SECRET", value)
    with pytest.raises(SystemExit) as end:
        load(HashingSettings)
    assert end.value.code == 78
    assert said in capsys.readouterr().err
