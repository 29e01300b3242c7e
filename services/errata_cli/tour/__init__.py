"""The tour: a few real errors through the whole pipeline, and what came of each, checked and shown."""
