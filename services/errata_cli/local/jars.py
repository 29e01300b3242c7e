"""Kafka's jars: fetched once by Maven from `deploy/local/pom.xml`, shared by every stack of a checkout.

They stand in a folder named after the pom's hash, which appears whole or not at all.
"""

import shutil
from hashlib import blake2b
from pathlib import Path

from errata_cli.local.locks import locked
from errata_cli.local.part import CannotStartError, Say
from errata_cli.local.process import WriteLine, run

CHECKOUT = Path(__file__).resolve().parents[3]
POM = CHECKOUT / "deploy" / "local" / "pom.xml"
_HOME = CHECKOUT / ".errata" / "kafka-jars"


def jar_folder() -> Path:
    """Give the folder that holds the jars, or will.

    Raises:
        CannotStartError: Errata was installed without its checkout.

    """
    if not POM.exists():
        raise CannotStartError("a Kafka here needs Errata's checkout (deploy/local/pom.xml); or set ERRATA_KAFKA")
    return _HOME / blake2b(POM.read_bytes(), digest_size=6).hexdigest()


async def fetch_jars(say: Say, write: WriteLine) -> Path:
    """Give the folder of jars, fetching them when this is the first time; stacks that start together wait for one.

    Raises:
        CannotStartError: Maven did not succeed.

    """
    folder = jar_folder()
    if folder.exists():
        return folder
    async with locked(_HOME / "lock"):
        if not folder.exists():
            making = folder.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            await _fetch(making, say, write)
            making.rename(folder)
    return folder


async def _fetch(folder: Path, say: Say, write: WriteLine) -> None:
    downloaded = 0

    def watch(line: str) -> None:
        nonlocal downloaded
        write(line)
        if "Downloaded from" in line and ".jar" in line:
            downloaded += 1
            if downloaded % 10 == 0:
                say(f"fetching jars, {downloaded} so far (the broker has 45, Maven's own plugins come on top)")

    say("collecting the broker's jars with Maven; once for this checkout, 45 MB")
    goal = ["mvn", "--batch-mode", f"--file={POM}", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    await run(goal, watch)
