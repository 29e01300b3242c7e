"""What `errata SERVICE --help` says of a service's settings, made from their class: name, default, meaning of each."""

from collections.abc import Iterator
from importlib import import_module

from pydantic.fields import FieldInfo

from errata.runtime.settings import PREFIX, CommonSettings


def describe_settings(service: str) -> str:
    """Give a service's settings as a Markdown list, its own before those that all services share.

    Their class stands in the service's module `settings` under the service's name.
    """
    kind: type[CommonSettings] = getattr(import_module(f"errata_{service}.settings"), f"{service.title()}Settings")
    shared = CommonSettings.model_fields
    own = {name: field for name, field in kind.model_fields.items() if name not in shared}
    return "\n".join(
        [
            "Settings are environment variables; in parentheses what holds without them.",
            "",
            *_lines(own),
            "",
            "Of every service:",
            "",
            *_lines(shared),
        ]
    )


def _lines(fields: dict[str, FieldInfo]) -> Iterator[str]:
    for name, field in fields.items():
        default = "required" if field.is_required() else f"`{field.default}`" if str(field.default) else "empty"
        yield f"- `{PREFIX}{name.upper()}` ({default}): {field.description}"
