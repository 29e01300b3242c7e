"""Fingerprint: which events are the same error.

Who decides, first that has something to say:

1. a fingerprint rule of the project                    server_rules.py  (language: errata/config/fingerprint_rules.py)
2. the fingerprint that the client sent                 variables.py
3. the algorithm, in the version the project pinned     versions.py -> v1.py, which holds the rest of the order

Both 1 and 2 may contain `{{ default }}`, which is what 3 finds. A rule of the project wins over the client, as in
Sentry: who runs the project can mend what shipped applications do.

On the way of an exception: exceptions.py takes it out of the event, frames.py cleans and keeps each frame
(functions.py, native_functions.py, files.py), stack_rules.py says which are the application's and which count
(language: errata/config/stack_rules.py; the first rules: default_stack_rules.txt), stacks.py folds recursion and
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
from errata.stages.fingerprint.stack_rules import FrameRules, default_stack_rules
from errata.stages.fingerprint.texts import text_of
from errata.stages.fingerprint.variables import is_default, resolved
from errata.stages.fingerprint.versions import VERSIONS
from errata.stages.fingerprint.view import View
from errata.stages.stage import ANNOTATIONS, Context, Event

MOST_PARTS = 64
"""Parts of a client's fingerprint that count."""

DEFAULT = "{{ default }}"


class Fingerprint:
    """The stage: leaves `event["errata"]["grouping"]`, and `event["fingerprint"]` with its variables resolved.

    `grouping` is `{"version", "fingerprint", "hash"}`, and `rule` when a fingerprint rule decided, in which case its
    title, if it has one, becomes the event's. `event["fingerprint"]` reads `{{ default }}` where the algorithm decided.
    """

    name = "fingerprint"

    def __init__(self, project: Project) -> None:
        """Make the project's rules ready; raises `ValueError` for a rule or a version that does not exist."""
        settings = project.grouping
        if settings.version not in VERSIONS:
            raise ValueError(f"grouping version {settings.version} is unknown; there are: {', '.join(VERSIONS)}")
        self._project_id = project.id
        self._version = settings.version
        self._algorithm = VERSIONS[settings.version]
        self._server_rules = ServerRules(settings.read_fingerprint_rules())
        own = settings.read_stack_rules()
        self._stack_rules = FrameRules((*default_stack_rules(), *own) if settings.default_stack_rules else own)
        self.frames = FrameReader(self._stack_rules)

    def __call__(self, event: Event, context: Context) -> Event:  # noqa: ARG002 - the contract of a stage
        """Give the event with its grouping."""
        self._group(event)
        return event

    def explain(self, event: Event) -> dict[str, Any]:
        """Give why the event is grouped as it is, as a tree; `errata.stages.fingerprint.explain.lines` prints it."""
        grouped = self._group(event)
        grouping = event[ANNOTATIONS]["grouping"]
        found = {
            "version": self._version,
            "decided_by": self._decided_by(event, grouping),
            "fingerprint": grouping["fingerprint"],
            "hash": grouping["hash"],
            "default": explain.tree(grouped),
        }
        return found | ({"matched_rule": grouping["rule"]} if "rule" in grouping else {})

    def _group(self, event: Event) -> Grouped:
        grouped = self._algorithm(event, self.frames, self._stack_rules)
        default = grouped.text()
        grouping: dict[str, Any] = {"version": self._version}
        shown, fingerprint = [DEFAULT], [default]
        parts = self._decided(event, grouping)
        if parts and not (len(parts) == 1 and is_default(parts[0])):
            view = View(event, self.frames)
            shown = [resolved(part, view) for part in parts]
            fingerprint = [resolved(part, view, default) for part in parts]
        event["fingerprint"] = shown
        grouping["fingerprint"] = fingerprint
        grouping["hash"] = group_hash(self._project_id, tuple(fingerprint))
        annotations = event.get(ANNOTATIONS)
        if not isinstance(annotations, dict):
            annotations = event[ANNOTATIONS] = {}
        annotations["grouping"] = grouping
        return grouped

    def _decided(self, event: Event, grouping: dict[str, Any]) -> list[str]:
        """Give the parts of the fingerprint that a rule or the client decided on; empty when neither did."""
        if self._server_rules:
            view = View(event, self.frames)
            rule = self._server_rules.first(view)
            if rule:
                grouping["rule"] = str(rule)
                if rule.title:
                    event["title"] = resolved(rule.title, view)
                return list(rule.fingerprint)
        sent = event.get("fingerprint")
        if not isinstance(sent, list):
            return []
        return [text_of(str(part)) for part in sent[:MOST_PARTS] if isinstance(part, str | int)]

    @staticmethod
    def _decided_by(event: Event, grouping: dict[str, Any]) -> str:
        if "rule" in grouping:
            return "a fingerprint rule of the project"
        return "the algorithm" if event["fingerprint"] == [DEFAULT] else "the client's fingerprint"
