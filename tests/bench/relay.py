"""What one relay process takes: requests a second and CPU microseconds of each, from the socket to Kafka's acknowledgement.

`make bench-relay` runs it. It starts a Kafka (or uses ERRATA_KAFKA) and a relay, and sends it envelopes of two sizes,
plain and compressed, over 32 connections; then again while another process offers 10,000 requests a second that are
refused, for a key that nobody has or for a limit that is used up. Of the rounds the cheapest counts; the others measure
the machine's other work. Figures are shown beside those of `relay.json`; `--save` writes that file.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import psutil
import uvloop
from tests.bench.relay_load import ENCODINGS, requests, send
from tests.load.loadset import LoadSet
from tests.servers import has_docker, server
from tests.services.errata_relay.running import OTHER_KEY, PARTITIONS, RunningRelay, write_config

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.topics import make_topics

COMMITTED = Path(__file__).with_suffix(".json")
SIZES = (3_600, 9_000)
ROUNDS = 4
COUNT = 3_000
BUDGET = 80
FLOOD_RATE = 10_000
FLOOD_SECONDS = 5
FLOODS = {"no flood": None, "wrong key": "f" * 32, "rate limited": OTHER_KEY}


def measure(relay, loadset):
    """Give size and encoding -> (microseconds of CPU, envelopes a second) of the cheapest round."""
    process = psutil.Process(relay.process.pid)
    best = {}
    for _ in range(ROUNDS):
        for size in SIZES:
            for encoding in ENCODINGS:
                whole = requests(loadset, size, encoding, COUNT)
                before, began = sum(process.cpu_times()[:2]), time.monotonic()
                uvloop.run(send(relay.port, whole))
                took, cpu = time.monotonic() - began, sum(process.cpu_times()[:2]) - before
                figure = (cpu / COUNT * 1e6, COUNT / took)
                name = f"{size} {encoding}"
                best[name] = min(best.get(name, figure), figure)
    return best


@contextmanager
def flooded(relay, key, told):
    """Offer requests that are refused while the context is open; afterwards `told` has (sent, answered) a second."""
    if key is None:
        yield
        return
    command = [sys.executable, "-m", "tests.bench.flood", str(relay.port), key, str(FLOOD_RATE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        time.sleep(0.5)
        try:
            yield
        finally:
            process.terminate()
        sent, answered, took = map(float, process.stdout.readline().split())
        told += [sent / took, answered / took]


def measure_floods(relay, loadset):
    """Give flood -> (accepted a second, 99th percentile of their milliseconds, refused offered and answered a second)."""
    found = {}
    whole = requests(loadset, 3_600, "gzip", 10_000 * FLOOD_SECONDS)
    for name, key in FLOODS.items():
        told = []
        with flooded(relay, key, told):
            took = uvloop.run(send(relay.port, whole, FLOOD_SECONDS))
        found[name] = (len(took) / FLOOD_SECONDS, quantiles(took, n=100)[98] * 1_000, *(told or (0.0, 0.0)))
    return found


@contextmanager
def running_relay(kafka):
    """Start a relay on topics of its own; of one of its projects the limit is used up."""
    prefix = f"bench{uuid.uuid4().hex[:8]}."
    asyncio.run(make_topics(CommonSettings(kafka=kafka, topic_prefix=prefix, partitions=PARTITIONS)))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        write_config(config)
        with (config / "projects" / "other.yaml").open("a") as project:
            project.write("limits: {quotas: [{items: 1}]}\n")
        relay = RunningRelay(Path(folder), kafka, prefix)
        relay.start()
        try:
            yield relay
        finally:
            relay.stop()


def show(title, columns, rows, committed):
    """Print a table, each figure beside the committed one."""
    print(f"\n{title:<16}" + "".join(f"{column:>16}" for column in columns) + "   (committed)")
    for name, figures in rows.items():
        before = committed.get(name, [])
        print(
            f"{name:<16}"
            + "".join(f"{figure:>16,.0f}" for figure in figures)
            + ("   (" + ", ".join(f"{figure:,.0f}" for figure in before) + ")" if before else "")
        )


def run(kafka):
    """Measure and print; give all figures."""
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    loadset = LoadSet()
    with running_relay(kafka) as relay:
        alone = measure(relay, loadset)
        show("bytes", ("us of CPU", "a second"), alone, committed)
        print(f"budget: {BUDGET} us at 9 KB")
        packs, items = relay.metric("errata_relay_pack_items_count"), relay.metric("errata_relay_pack_items_sum")
        print(f"{items / packs:.1f} items a pack")
        uvloop.run(send(relay.port, requests(loadset, 3_600, "plain", 1, OTHER_KEY)))
        floods = measure_floods(relay, loadset)
        columns = ("accepted/s", "99 % ms", "refused offered", "and answered")
        show(f"{FLOOD_RATE:,} refused/s", columns, floods, committed)
    return {name: [round(figure, 1) for figure in figures] for name, figures in (alone | floods).items()}


def main():
    """Use the Kafka of ERRATA_KAFKA, or start one."""
    if address := os.environ.get("ERRATA_KAFKA"):
        figures = run(address)
    else:
        with server("kafka", docker=has_docker()) as address:
            figures = run(address)
    if "--save" in sys.argv:
        COMMITTED.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
