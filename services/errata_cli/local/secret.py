"""The stack's secret: drawn once, kept in its data folder for its owner's eyes only."""

import os
import secrets
from pathlib import Path

from errata_cli.local.data_folder import Kept


def stack_secret(data: Path) -> str:
    """Give the key of the hashes that stand for users; it must stay the same for as long as the data lives."""
    path = data / Kept.SECRET
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_hex(32)
        file.write(secret + "\n")
    return secret
