"""Scrub: takes secrets and personal data out of an event before anything stores it, logs it or sends it on.

| file             | idea                                                                       |
| ---------------- | -------------------------------------------------------------------------- |
| `identity.py`    | who was hit, as a hash that stays countable                                |
| `catalog.py`     | the rules there are, and which of them a project has                       |
| `ruleset.py`     | all rules of one set of settings over an event: what is done in which order |
| `walk.py`        | the event's texts with their places, and the values under names of secrets |
| `keys.py`        | which names name secrets                                                   |
| `places.py`      | which fields name code and machines, never persons                         |
| `finders/`       | what secrets and personal data look like, a file a family                  |
| `memory.py`      | what nothing was found in before, so that it is not searched again         |
| `gate.py`        | one look over all texts: which rules can find anything                     |
| `search.py`      | those rules over all texts at once                                         |
| `redaction.py`   | the changes to the event, `methods.py` what stands there instead           |
| `remarks.py`     | the note of it in `_meta`                                                  |

Scrubbing twice changes nothing more, except that a whole value which a project's own rule hashes is hashed again.
"""

from errata.config.model import Project
from errata.stages.scrub.identity import project_key, scope_of, user_hash
from errata.stages.scrub.ruleset import ruleset
from errata.stages.stage import ANNOTATIONS, Context, Event


class Scrub:
    """Redacts what the project's settings call secret or personal, and counts it by rule."""

    name = "scrub"

    def __init__(self, project: Project) -> None:
        """Compile the project's rules, once for all its events; projects with the same settings share them."""
        self._rules = ruleset(project.scrub)
        self._scope = scope_of(project)

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event without secrets and personal data.

        Under `errata` it leaves `user`, the keyed hash of who was hit, and `redactions`, how often each rule acted.

        Raises:
            Invalid: `TOO_DEEP`, when the event is nested deeper than JSON is written.

        """
        annotations = event.get(ANNOTATIONS)
        if not isinstance(annotations, dict):
            annotations = event[ANNOTATIONS] = {}
        key = project_key(context.hash_key, self._scope)
        if "user" not in annotations and (user := user_hash(event, key)):
            annotations["user"] = user
        counts = self._rules.apply(event, key)
        if counts:
            known = annotations.setdefault("redactions", {})
            for title, count in counts.items():
                known[title] = known.get(title, 0) + count
        return event
