"""Fingerprint: which events are the same error.

Who decides, first that has something to say:

1. a fingerprint rule of the project                    server_rules.py  (language: errata/config/fingerprint_rules.py)
2. the fingerprint that the client sent                 variables.py
3. the algorithm, in the version the project pinned     versions.py -> v1.py, which holds the rest of the order

Both 1 and 2 may contain `{{ default }}`, which is what 3 finds. A rule of the project wins over the client, as in
Sentry: who runs the project can fix what shipped applications do.

On the way of an exception: exceptions.py takes it out of the event, frames.py cleans and keeps each frame
(functions.py, native_functions.py, files.py), stack_rules.py says which are the application's and which count
(language: errata/config/stack_rules.py; the first rules: v1_stack_rules.txt), stacks.py folds recursion and
chooses. Texts go through messages.py, reports of browsers through reports.py. components.py digests what is left, and
explain.py tells people about it.
"""

from typing import Any

from errata.config.model import Project
from errata.contracts.ids import group_hash
from errata.stages.fingerprint import explain
from errata.stages.fingerprint.components import Grouped
from errata.stages.fingerprint.frames import FrameReader
from errata.stages.fingerprint.server_rules import ServerRules
from errata.stages.fingerprint.stack_rules import FrameRules
from errata.stages.fingerprint.texts import text_of
from errata.stages.fingerprint.variables import LONGEST_PART, is_default, resolved
from errata.stages.fingerprint.versions import VERSIONS
from errata.stages.fingerprint.view import View
from errata.stages.stage import ANNOTATIONS, Context, Event

MOST_PARTS = 64
"""Parts of a client's fingerprint that count."""

DEFAULT = "{{ default }}"

MATCHED = "_fingerprint_info"
"""Where Sentry's events tell which fingerprint rule decided."""


class Fingerprint:
    """The stage: leaves `event["errata"]["grouping"]`, and `event["fingerprint"]` with its variables resolved.

    `grouping` is `{"version", "fingerprint", "hash"}`. `event["fingerprint"]` reads `{{ default }}` where the algorithm
    decided. When a fingerprint rule did, `event["_fingerprint_info"]` tells which and what the client had sent, in
    Sentry's form, and the rule's title, if it has one, becomes the event's.
    """

    name = "fingerprint"

    def __init__(self, project: Project) -> None:
        """Make the project's rules ready; raises `ValueError` for a rule or a version that does not exist."""
        settings = project.grouping
        if settings.version not in VERSIONS:
            raise ValueError(f"grouping version {settings.version} is unknown; there are: {', '.join(VERSIONS)}")
        self._project_id = project.id
        self._version = settings.version
        version = VERSIONS[settings.version]
        self._algorithm = version.group
        self._server_rules = ServerRules(settings.read_fingerprint_rules())
        own = settings.read_stack_rules()
        self._stack_rules = FrameRules((*version.default_stack_rules(), *own) if settings.default_stack_rules else own)
        self.frames = FrameReader(self._stack_rules)

    def __call__(self, event: Event, context: Context) -> Event:  # noqa: ARG002 - the contract of a stage
        """Give the event with its grouping."""
        default = self._grouped(event).text()
        shown, fingerprint = [DEFAULT], [default]
        parts = self._decided(event)
        if parts and not (len(parts) == 1 and is_default(parts[0])):
            view = View(event, self.frames)
            shown = [resolved(part, view) for part in parts]
            fingerprint = [resolved(part, view, default) for part in parts]
        event["fingerprint"] = shown
        annotations = event.get(ANNOTATIONS)
        if not isinstance(annotations, dict):
            annotations = event[ANNOTATIONS] = {}
        annotations["grouping"] = {
            "version": self._version,
            "fingerprint": fingerprint,
            "hash": group_hash(self._project_id, tuple(fingerprint)),
        }
        return event

    def explain(self, event: Event) -> dict[str, Any]:
        """Give why an event that passed the stage is grouped as it is: a tree, and under `text` the same in lines."""
        grouping = event[ANNOTATIONS]["grouping"]
        rule = event.get(MATCHED, {}).get("matched_rule", {}).get("text")
        by_algorithm = "the algorithm" if event["fingerprint"] == [DEFAULT] else "the client's fingerprint"
        found = {
            "version": grouping["version"],
            "decided_by": "a fingerprint rule of the project" if rule else by_algorithm,
            "matched_rule": rule,
            "fingerprint": grouping["fingerprint"],
            "hash": grouping["hash"],
            "default": explain.tree(self._grouped(event)),
        }
        return found | {"text": explain.lines(found)}

    def _grouped(self, event: Event) -> Grouped:
        return self._algorithm(event, self.frames, self._stack_rules)

    def _decided(self, event: Event) -> list[str]:
        """Give the parts of the fingerprint that a rule or the client decided on; empty when neither did."""
        sent = _parts(event.get("fingerprint"))
        event.pop(MATCHED, None)
        if self._server_rules:
            view = View(event, self.frames)
            rule = self._server_rules.first(view)
            if rule:
                event[MATCHED] = {"client_fingerprint": sent or [DEFAULT], "matched_rule": rule.as_sentry()}
                if rule.title:
                    event["title"] = resolved(rule.title, view)
                return list(rule.fingerprint)
        return sent


def _parts(sent: object) -> list[str]:
    """Give a client's fingerprint as texts; what can be none is left out."""
    if not isinstance(sent, list):
        return []
    return [text_of(str(part), LONGEST_PART) for part in sent[:MOST_PARTS] if isinstance(part, str | int)]
