"""The wire formats: bytes and headers to items, item to canonical event; pure, one module a format."""
