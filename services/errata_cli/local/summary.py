"""What a person needs once a stack is ready: where to send errors, where the data is, how to stop."""

from pathlib import Path

from errata_cli.local.data_folder import Kept
from errata_cli.local.state import StackState


def summary(data: Path, state: StackState) -> str:
    """Give the lines to show."""
    lines = ["", "Errata is ready."]
    if "relay" in state.parts:
        lines += [f"  DSN ({slug})".ljust(16) + dsn for slug, dsn in state.dsns.items()]
    if "console" in state.parts:
        lines.append("  console".ljust(16) + f"{state.console} (SENTRY_URL; `errata tokens new NAME` makes a token)")
    for variable, name in (("ERRATA_CLICKHOUSE", "ClickHouse"), ("ERRATA_KAFKA", "Kafka"), ("ERRATA_REDIS", "Redis")):
        address = state.environment.get(variable)
        if address is not None:
            # An address may hold a password; what stands before the @ is not for a screen.
            scheme, _, rest = address.partition("://")
            lines.append(f"  {name}".ljust(16) + f"{scheme}://{rest.rpartition('@')[2]}")
    lines.append("  log".ljust(16) + str(data / Kept.LOG))
    lines.append("  stop".ljust(16) + f"Ctrl-C here, or `errata down --data {data}` elsewhere")
    return "\n".join(lines)
