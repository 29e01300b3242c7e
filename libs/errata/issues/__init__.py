"""The life of an issue, pure: its states, the order of releases, what counts as a regression."""
