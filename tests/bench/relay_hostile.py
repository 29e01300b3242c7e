"""How long the relay works on a hostile request: CPU milliseconds of its process, the worst of each kind and route.

`make bench-relay` runs it after the other figures. No request may cost more than a second of one worker; ends with 1
when one does. The requests are those of `tests/services/errata_relay/hostile.py`.
"""

import os
import sys
import time

import httpx2
import psutil
from tests.bench.relay import running_relay
from tests.bench.stages import LOAD_SET
from tests.servers import has_docker, server
from tests.services.errata_relay import hostile

LIMIT = 1_000
SHARED = LOAD_SET.parents[1]
SHOWN = 12


def attacks():
    """Give every hostile request."""
    for encoding in hostile.ENCODINGS:
        yield from hostile.bombs(encoding)
    yield from hostile.as_large_as_may_be()
    yield from hostile.odd_events(SHARED)


def measure(relay):
    """Give (name, route) -> (milliseconds of CPU, of waiting, status), the worst of each."""
    process = psutil.Process(relay.process.pid)
    worst = {}
    with httpx2.Client(base_url=relay.url, timeout=60) as client:
        for attack in attacks():
            before, began = sum(process.cpu_times()[:2]), time.monotonic()
            answer = client.post(attack.path, headers=attack.headers, content=attack.body)
            took, cpu = time.monotonic() - began, sum(process.cpu_times()[:2]) - before
            name = attack.name, attack.path.partition("?")[0]
            worst[name] = max(worst.get(name, (0, 0, 0)), (cpu * 1_000, took * 1_000, answer.status_code))
    return worst


def run(kafka):
    """Measure and print; give the worst milliseconds of CPU."""
    with running_relay(kafka) as relay:
        worst = measure(relay)
    rows = sorted(worst.items(), key=lambda row: row[1], reverse=True)
    print(f"\n{'CPU ms':>7}{'waited':>8}{'status':>8}  the {SHOWN} worst of {len(rows)} hostile requests")
    for (name, path), (cpu, took, status) in rows[:SHOWN]:
        print(f"{cpu:>7.0f}{took:>8.0f}{status:>8}  {name}, {path}")
    return rows[0][1][0]


def main():
    """Use the Kafka of ERRATA_KAFKA, or start one; 1 when a request costs more than it may."""
    if address := os.environ.get("ERRATA_KAFKA"):
        worst = run(address)
    else:
        with server("kafka", docker=has_docker()) as address:
            worst = run(address)
    return 1 if worst > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
