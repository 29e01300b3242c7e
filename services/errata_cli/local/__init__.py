"""The stack on one machine: its parts, the supervisor that keeps them, and how others find it."""
