"""JSON schemas of the public messages, made from their types: `python -m errata.contracts.schemas` writes them again.

A schema is only as strict as a consumer needs: unknown fields are allowed, so that fields can be added.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from errata.contracts.messages import PUBLIC_MESSAGES, Message

FOLDER = Path(__file__).parent / "schemas"
EXAMPLES = Path(__file__).parent / "examples"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def stem(kind: type[Message]) -> str:
    """Give the name of a message type's files: `ProcessedEvent` of version 1 is `processed-event.v1`."""
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("-")
    return f"{words}.v{_version(kind)}"


def schema(kind: type[Message]) -> dict[str, Any]:
    """Give the JSON schema of a message type, self-contained."""
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    return {"$schema": DIALECT, "title": kind.__name__, **reference, "$defs": components}


def render(kind: type[Message]) -> str:
    """Give a schema as the text that is checked in."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _version(kind: type[Message]) -> int:
    return next(int(field.default) for field in msgspec.structs.fields(kind) if field.name == "version")


def main() -> None:
    """Write every schema file."""
    FOLDER.mkdir(exist_ok=True)
    for kind in PUBLIC_MESSAGES:
        (FOLDER / f"{stem(kind)}.schema.json").write_text(render(kind), encoding="utf-8")


if __name__ == "__main__":
    main()
