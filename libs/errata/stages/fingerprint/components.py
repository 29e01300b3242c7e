"""What an event is grouped by: the parts that contribute, and their digest."""

from hashlib import blake2b

import msgspec

from errata.stages.fingerprint.stacks import Stack


class Part(msgspec.Struct, gc=False):
    """One contribution: an exception, a message, a report."""

    kind: str
    values: list[str]
    """What is hashed, in order."""
    stack: Stack | None = None
    places: list[int] = []
    """Which frames of the stack contribute."""

    def texts(self) -> list[str]:
        """Give all that is hashed of this part."""
        frames = self.stack.frames if self.stack else ()
        return [*self.values, *(frames[place].key for place in self.places)]


class Grouped(msgspec.Struct, gc=False):
    """How an algorithm groups an event when nobody says otherwise; `{{ default }}`."""

    by: str
    """Which step of the fall-back order was reached: `stack`, `type-and-message`, `message`..."""
    parts: list[Part]

    def text(self) -> str:
        """Give what `{{ default }}` stands for: the step and 64 bits over the parts."""
        digest = blake2b(digest_size=8)
        for part in self.parts:
            digest.update("\x1e".join(part.texts()).encode("utf-8", "surrogatepass"))
            digest.update(b"\x1d")
        return f"{self.by}:{digest.hexdigest()}"
