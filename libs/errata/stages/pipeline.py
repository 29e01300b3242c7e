"""The order of the stages, and nothing else: read the tuple, each line says why it stands there."""

from collections.abc import Sequence

from errata.config.model import Project
from errata.contracts.outcomes import Dropped, Invalid
from errata.stages import user_agents
from errata.stages.filter import Filter
from errata.stages.fingerprint import Fingerprint
from errata.stages.normalize import Normalize
from errata.stages.normalize.browser_messages.catalogue import messages
from errata.stages.scrub import Scrub
from errata.stages.stage import Context, Event, Missing, Stage
from errata.stages.symbolicate import Symbolicate

ORDER = (
    Normalize,  # everything after it relies on one form of each thing
    Filter,  # cheap, so it stands before what costs; on clean values, so that a rule matches what people see
    Scrub,  # before anything that could log, look up or send what it sees
    Symbolicate,  # after scrub, which need not read source code; before fingerprint: built names change with each build
    Fingerprint,  # last: groups by what the others left, so that no group depends on what was scrubbed away
)


class StageFailed(Exception):  # noqa: N818 - says what happened, like Dropped and Invalid
    """A bug in a stage: its name and the error's class, never the error's text, which can hold personal data."""

    def __init__(self, stage: str, error_class: str) -> None:
        super().__init__(f"{stage}: {error_class}")
        self.stage = stage
        self.error_class = error_class


class Chain:
    """Stages run one after the other in one process."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = tuple(stages)

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event after all stages.

        Raises:
            Dropped: a stage ended it on purpose.
            Invalid: it cannot be an event.
            Missing: the context does not hold what it needs; only when there are artifacts at all.
            MemoryError: the process has too little left, which need not be this event's doing.
            StageFailed: anything else, which is a bug of ours.

        """
        for stage in self.stages:
            try:
                event = stage(event, context)
            except (Dropped, Invalid, Missing, MemoryError):
                raise
            except Exception as error:
                raise StageFailed(stage.name, type(error).__name__) from error
        return event


def build(project: Project, only: Sequence[str] | None = None) -> Chain:
    """Give the chain for a project, of all stages or of those named in `only`, always in the one order.

    Raises:
        ValueError: `only` names a stage that does not exist.

    """
    names = [stage.name for stage in ORDER]
    unknown = sorted(set(only or ()) - set(names))
    if unknown:
        raise ValueError(f"no such stage: {', '.join(unknown)}; there are {', '.join(names)}")
    return Chain([stage(project) for stage in ORDER if only is None or stage.name in only])


def load() -> None:
    """Load now, in half a second, what stages would load with the first event that needs it."""
    user_agents.load()
    messages()
