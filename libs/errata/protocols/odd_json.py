"""Where protocol modules find the reading and writing of odd JSON: it is defined in `errata.contracts.odd_json`."""

from errata.contracts.odd_json import dumps, loads

__all__ = ["dumps", "loads"]
