"""A stack as a list of keys: cleaned, ruled, recursion folded, in-app frames first."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from errata.stages.fingerprint.exceptions import Thrown
from errata.stages.fingerprint.frames import Frame
from errata.stages.fingerprint.stack_rules import FrameRules, Limits, Raised, Verdict

LONGEST_CYCLE = 8
"""Functions that call one another in a circle and are folded to one round."""

Read = Callable[[dict[str, Any]], Frame]


class Stack(msgspec.Struct, gc=False):
    """The frames of one exception or thread, and what the rules made of each."""

    frames: list[Frame]
    verdicts: Sequence[Frame | Verdict]
    """In-app and counting, by frame; the frames themselves where no wide rule applied."""
    limits: Limits = Limits()

    def chosen(self, *, in_app: bool) -> list[int]:
        """Give the places of the frames that count, oldest first: those of the application only, or all."""
        found = self._folded(
            [place for place, one in enumerate(self.verdicts) if one.counts and (one.in_app or not in_app)]
        )
        # A library alone says something only where no function is known: which ones are shown depends on symbols.
        found = [place for place in found if not self.frames[place].of_library] or found
        if len(found) < self.limits.least:
            return []
        return found[-self.limits.most :] if self.limits.most else found

    def _folded(self, places: list[int]) -> list[int]:
        """Fold recursion: a round of up to `LONGEST_CYCLE` frames that repeats stands once.

        Names that lost their template arguments may be equal without being one function: those fold only when one
        follows itself.
        """
        keys = [self.frames[place].key for place in places]
        if len(set(keys)) == len(keys):
            return places  # no frame comes twice
        out: list[int] = []
        seen: list[str] = []
        for place, key in zip(places, keys, strict=True):
            out.append(place)
            seen.append(key)
            for length in range(1, LONGEST_CYCLE + 1):
                if seen[-length:] == seen[-2 * length : -length]:
                    if length == 1 or not any("<T>" in key for key in seen[-length:]):
                        del out[-length:], seen[-length:]
                    break
        return out


def read_stack(thrown: Thrown, read: Read, rules: FrameRules) -> Stack:
    """Give the stack of an exception, cleaned and ruled."""
    frames = [read(frame) for frame in thrown.frames]
    if not any(frame.wide for frame in frames):
        return Stack(frames, frames)
    verdicts, limits = rules.settle_stack(
        [frame.facts for frame in frames],
        [frame.get("in_app") is True for frame in thrown.frames],
        Raised(thrown.type, thrown.value, str(thrown.mechanism.get("type", ""))),
    )
    named = [Verdict(one.in_app, one.counts and bool(frame.key)) for one, frame in zip(verdicts, frames, strict=True)]
    return Stack(frames, named, limits)
