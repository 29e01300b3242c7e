"""Errata's libraries: contracts, wire formats, stages, rules and adapters; imported by services, never run."""
