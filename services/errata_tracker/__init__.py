"""The tracker: keeps the state of each issue and its windows in Redis, and publishes transitions and alerts."""
