"""The processor: turns packs into canonical events through the chain of stages, each batch in one transaction."""
