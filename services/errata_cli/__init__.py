"""The `errata` command: starts services and the local stack, and holds the tools of operators."""
