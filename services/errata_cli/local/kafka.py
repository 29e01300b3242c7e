"""Apache Kafka as a part: one node, broker and controller in one, small and quick to come back."""

import asyncio
import base64
import os
import shutil
import tempfile
import uuid
from pathlib import Path

from errata_cli.local import probes
from errata_cli.local.jars import fetch_jars, jar_folder
from errata_cli.local.locks import locked
from errata_cli.local.part import Part, Say
from errata_cli.local.ports import PortPicker
from errata_cli.local.process import Child, WriteLine, run

# Timeouts: a killed broker is back in 5 s instead of 12, since the controller takes its old self for dead after 3 s.
# Memory: the cleaner's buffer of 128 MB would be half the heap; segments of 64 MB need no index of 10 MB.
# Retention: by size too, so that a full disk is never how an evening of trying things ends.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={logs}
auto.create.topics.enable=false
message.max.bytes=8388608

broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0

offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

log.segment.bytes=67108864
log.retention.bytes=268435456
log.index.size.max.bytes=1048576
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=8388608
num.network.threads=2
num.io.threads=4
"""


_START_SECONDS = 60
"""For the one broker that is run for its archive; the supervisor itself waits as long as it takes."""

# The quick compiler alone. The optimizing one needs minutes of a core to be done with a broker; on a small machine that
# is the events' own. Measured on 2 cores, the first minute: 166 us of processor time an event instead of 402, a
# transaction's commit in 28 ms instead of 380 at 400 events/s, and 40 MB less.
_QUICK = "-XX:TieredStopAtLevel=1"


def kafka_part(folder: Path, port: int, controller_port: int, write: WriteLine) -> Part:
    """Give the broker whose data lies in a folder."""
    properties = folder / "server.properties"
    jars = jar_folder()

    async def prepare(say: Say) -> None:
        await fetch_jars(say, write)
        await _archive_classes(jars, say, write)
        await _write_node(folder, port, controller_port, jars, write)

    return Part(
        name="kafka",
        command=_java(jars, f"-XX:SharedArchiveFile={_archive(jars)}", "kafka.Kafka", str(properties)),
        probe=probes.kafka(port),
        port=port,
        prepare=prepare,
    )


def java() -> str:
    """Give the Java program that JAVA_HOME or the path names."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


def _java(jars: Path, option: str, main: str, *arguments: str) -> tuple[str, ...]:
    log = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    # An archive that does not fit (another Java since) is ignored; it need not say so.
    return (java(), "-Xmx256m", _QUICK, "-Xlog:cds=off", option, log, "-cp", f"{jars}/*", main, *arguments)


def _archive(jars: Path) -> Path:
    return jars / "classes.jsa"


async def _write_node(folder: Path, port: int, controller_port: int, jars: Path, write: WriteLine) -> None:
    """Write the settings of a node, and format its log folder unless that was done before."""
    properties = folder / "server.properties"
    if _write_properties(properties, folder / "logs", port, controller_port):
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # One word with its value: one id in 64 begins with a dash, and would be read as an option of its own.
    arguments = ("format", f"--cluster-id={cluster}", "--config", str(properties))
    tool = _java(jars, "-Xlog:all=off", "kafka.tools.StorageTool", *arguments)
    await run(tool, write)


def _write_properties(properties: Path, logs: Path, port: int, controller_port: int) -> bool:
    """Write the settings of a node; give whether its log folder is formatted, and make it again where it is not."""
    logs.mkdir(parents=True, exist_ok=True)
    properties.write_text(_PROPERTIES.format(port=port, controller_port=controller_port, logs=logs.resolve()))
    formatted = (logs / "meta.properties").exists()
    if not formatted:
        shutil.rmtree(logs)  # half formatted, when its maker was killed
    return formatted


async def _archive_classes(jars: Path, say: Say, write: WriteLine) -> None:
    """Run a broker once and keep an archive of the classes it had loaded, which halves each later start.

    Measured: ready after 1.0 s instead of 2.1 s, with 2.0 s of processor time instead of 3.7 s.
    """
    archive = _archive(jars)
    if archive.exists():
        return
    async with locked(jars / "lock"):
        if archive.exists():
            return
        say("making an archive of Kafka's classes, once; it halves the time of each start")
        fresh = archive.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(dir=jars) as name:
            ports = PortPicker()
            port = ports.pick()
            await _write_node(Path(name), port, ports.pick(), jars, write)
            broker = _java(jars, f"-XX:ArchiveClassesAtExit={fresh}", "kafka.Kafka", f"{name}/server.properties")
            child = await Child.start(broker, {}, write)
            try:
                async with asyncio.timeout(_START_SECONDS):
                    while await probes.ask(probes.kafka(port)) != ():  # noqa: ASYNC110 - it tells nobody when
                        await asyncio.sleep(0.1)
                    await child.stop(_START_SECONDS)
            finally:
                child.kill()
        fresh.touch()  # empty where this Java makes none: that is not tried again
        fresh.rename(archive)
