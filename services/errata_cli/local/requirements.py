"""What this machine must have for a stack, and the command that installs what it lacks."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping

from errata_cli.local.clickhouse import has_chdb
from errata_cli.local.jars import jar_folder
from errata_cli.local.kafka import java
from errata_cli.local.options import StackOptions
from errata_cli.local.redis import redis_server

_OLDEST_JAVA = 17
"""What Kafka 4's broker needs."""


def missing_requirements(options: StackOptions, given: Mapping[str, str] = os.environ) -> list[str]:
    """Give a line for each thing that is missing, with the command that installs it; empty when all is there."""
    return list(_missing(options, given))


def _missing(options: StackOptions, given: Mapping[str, str]) -> Iterator[str]:
    if options.includes("kafka") and not given.get("ERRATA_KAFKA"):
        version = java_version()
        install = _install("openjdk-17-jre-headless", "openjdk")
        if version is None:
            yield f"Java {_OLDEST_JAVA} or newer is missing, for Kafka. {install}"
        elif version < _OLDEST_JAVA:
            yield f"Java is version {version}; Kafka needs {_OLDEST_JAVA} or newer. {install}"
        if not jar_folder().exists() and shutil.which("mvn") is None:
            yield f"Maven is missing, to fetch Kafka. {_install('maven', 'maven')}"
    if options.includes("redis") and not given.get("ERRATA_REDIS") and redis_server() is None:
        yield f"redis-server is missing. {_install('redis-server', 'redis')}"
    if options.includes("clickhouse") and not given.get("ERRATA_CLICKHOUSE") and not has_chdb():
        yield "chDB is missing, for ClickHouse. Install it with: pip install 'errata[local]'"


def java_version() -> int | None:
    """Give the major version of this machine's Java; None when there is none."""
    try:
        told = subprocess.run([java(), "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else None


def _install(debian: str, homebrew: str) -> str:
    if sys.platform == "darwin":
        return f"Install it with: brew install {homebrew}"
    return f"Install it with: apt-get install {debian}"
