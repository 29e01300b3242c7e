"""Whether files that applications send with errors are kept."""

import msgspec


class AttachmentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part `attachments` of a project."""

    keep: bool = True
    """Clients send a file only where the application asks them to, so it is wanted; but it may hold personal data,
    which nobody can take out of a file of any kind. False: each is counted (`unwanted_item`) and goes no further."""
