"""Text out of a client's event: whatever stands there, give a string that RE2 takes, or an empty one."""


def text_of(value: object, longest: int = 2_048) -> str:
    """Give a string of at most `longest` characters; what is no string is empty, a lone surrogate becomes `?`."""
    if not isinstance(value, str):
        return ""
    text = value[:longest]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
