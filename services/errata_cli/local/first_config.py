"""The first configuration: one project with a key of its own, from commented templates."""

import secrets
from pathlib import Path

from errata_cli.local.jars import CHECKOUT

TEMPLATES = CHECKOUT / "deploy" / "local" / "config"


def make_first_config(folder: Path) -> bool:
    """Write the first configuration into a folder that has no project yet; give False when it has. Never overwrites."""
    if any((folder / "projects").glob("*.yaml")):
        return False
    key = secrets.token_hex(16)
    for template in sorted(TEMPLATES.glob("*/*")):
        target = folder / template.relative_to(TEMPLATES)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.write_text(template.read_text().replace("{{ key }}", key))
    return True
