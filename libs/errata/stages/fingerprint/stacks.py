"""A stack as a list of keys: cleaned, ruled, recursion folded, in-app frames first."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from errata.stages.fingerprint.exceptions import Thrown
from errata.stages.fingerprint.frames import Frame
from errata.stages.fingerprint.stack_rules import FrameRules, Limits, Raised, Verdict

LONGEST_CYCLE = 8
"""Functions that call one another in a circle and are folded to one round."""


class Stack(msgspec.Struct, gc=False):
    """The frames of one exception or thread, and what the rules made of each."""

    frames: list[Frame]
    verdicts: Sequence[Frame | Verdict]
    """In-app and counting, by frame; the frames themselves where no wide rule applied."""
    limits: Limits = Limits()

    def chosen(self, *, in_app: bool) -> list[Frame]:
        """Give the frames that count, oldest first: those of the application only, or all."""
        found = [
            frame
            for frame, verdict in zip(self.frames, self.verdicts, strict=True)
            if verdict.counts and frame.key and (verdict.in_app or not in_app)
        ]
        found = folded(found)
        if len(found) < self.limits.least:
            return []
        return found[-self.limits.most :] if self.limits.most else found


def read_stack(thrown: Thrown, read: Callable[[dict[str, Any]], Frame], rules: FrameRules) -> Stack:
    """Give the stack of an exception, cleaned and ruled."""
    frames = [read(frame) for frame in thrown.frames]
    if not any(frame.facts.wide for frame in frames):
        return Stack(frames, frames)
    verdicts, limits = rules.settle_stack(
        [frame.facts for frame in frames],
        [frame.get("in_app") is True for frame in thrown.frames],
        Raised(thrown.type, thrown.value, str(thrown.mechanism.get("type", ""))),
    )
    return Stack(frames, verdicts, limits)


def folded(frames: list[Frame]) -> list[Frame]:
    """Give the frames with recursion folded: a round of up to `LONGEST_CYCLE` frames that repeats stands once."""
    if len({frame.key for frame in frames}) == len(frames):
        return frames
    out: list[Frame] = []
    keys: list[str] = []
    for frame in frames:
        out.append(frame)
        keys.append(frame.key)
        for length in range(1, LONGEST_CYCLE + 1):
            if keys[-length:] == keys[-2 * length : -length]:
                del out[-length:], keys[-length:]
                break
    return out
