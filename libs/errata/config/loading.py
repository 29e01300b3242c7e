"""Reading a configuration folder, checked as a whole: `projects/*.yaml`, `alerts/<slug>.json`, `organization.yaml`.

A mistake is told with its file, its line and what was expected. `ConfigFolder` takes up changes while a service runs,
and keeps the last good configuration when a change is broken.
"""

import json
import re
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from errata.config.model import ClientKey, Config, Project
from errata.config.organization import Organization

ModelT = TypeVar("ModelT", bound=msgspec.Struct)


class ConfigError(ValueError):
    """A configuration cannot be used; the text names file, line and mistake."""


def load_config(folder: Path) -> Config:
    """Give the configuration in a folder.

    Raises:
        ConfigError: a file is missing, is not YAML or JSON, or does not fit the model; or two projects clash.

    """
    paths = sorted((folder / "projects").glob("*.yaml"))
    if not paths:
        raise ConfigError(f"{folder / 'projects'}: no project file (*.yaml); `errata up` makes a first one")
    digest = blake2b(digest_size=8)
    projects: dict[int, Project] = {}
    keys: dict[str, tuple[Project, ClientKey]] = {}
    rules: dict[int, tuple[dict[str, Any], ...]] = {}
    for path in paths:
        content = path.read_bytes()
        digest.update(content)
        project = parse_project(content, path)
        if project.id in projects:
            raise ConfigError(f"{path}: id {project.id} is also that of project {projects[project.id].slug}")
        if any(other.slug == project.slug for other in projects.values()):
            raise ConfigError(f"{path}: slug {project.slug} is taken by another project")
        projects[project.id] = project
        for key in project.keys:
            if key.public in keys:
                raise ConfigError(f"{path}: key {key.id} has the same `public` as a key of {keys[key.public][0].slug}")
            keys[key.public] = (project, key)
        alerts = folder / "alerts" / f"{project.slug}.json"
        content = alerts.read_bytes() if alerts.exists() else b"[]"
        digest.update(content)
        rules[project.id] = parse_rules(content, alerts)
    # Not part of the hash, which stands on events: a new token changes nothing about them.
    about = folder / "organization.yaml"
    organization = parse_organization(about.read_bytes(), about) if about.exists() else Organization()
    return Config(projects=projects, keys=keys, alert_rules=rules, organization=organization, hash=digest.hexdigest())


def parse_project(content: bytes, path: Path) -> Project:
    """Give the project that a YAML file describes; raises `ConfigError` with the line of the mistake."""
    return _parse_yaml(content, path, Project)


def parse_organization(content: bytes, path: Path) -> Organization:
    """Give what `organization.yaml` says; raises `ConfigError` with the line of the mistake."""
    return _parse_yaml(content, path, Organization)


def _parse_yaml(content: bytes, path: Path, model: type[ModelT]) -> ModelT:
    try:
        tree = yaml.safe_load(content)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}: {error.problem}") from None
    try:
        return msgspec.convert({} if tree is None else tree, model)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}:{_line_of(content, str(error))}: {error}") from None


def parse_rules(content: bytes, path: Path) -> tuple[dict[str, Any], ...]:
    """Give the alert rules of a JSON file, as written; raises `ConfigError` with the line of the mistake."""
    try:
        return msgspec.convert(json.loads(content), tuple[dict[str, Any], ...])
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}:{error.lineno}: {error.msg}") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}:1: a list of rules is expected: {error}") from None


class ConfigFolder:
    """A configuration that follows its folder: `current` is always a whole, valid one."""

    def __init__(self, folder: Path) -> None:
        """Load the folder; raises `ConfigError` when even the first reading fails."""
        self.folder = folder
        self._stamp = self._stat()
        self.current = load_config(folder)
        self.broken: ConfigError | None = None

    def refresh(self) -> bool:
        """Look at the folder again; give True when `current` is a new configuration.

        A broken one is kept in `broken`, and `current` stays. Cheap when nothing changed: one `stat` a file.
        """
        stamp = self._stat()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            fresh = load_config(self.folder)
        except ConfigError as error:
            self.broken = error
            return False
        except OSError as error:
            self.broken = ConfigError(f"{self.folder}: {error.strerror}")
            return False
        self.broken = None
        changed = fresh.hash != self.current.hash
        self.current = fresh
        return changed

    def _stat(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in (
            *self.folder.glob("projects/*.yaml"),
            *self.folder.glob("alerts/*.json"),
            *self.folder.glob("organization.yaml"),
        ):
            try:
                stat = path.stat()
            except FileNotFoundError:  # removed while we look; the next refresh sees the rest
                continue
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(sorted(found))


def _line_of(content: bytes, mistake: str) -> int:
    """Give the line that msgspec's message speaks of, from its path (`$.keys[0].public`); 1 when it names none.

    The path's deepest named part that stands in the node tree is taken, so a missing field points at its parent.
    """
    node = yaml.compose(content, Loader=yaml.SafeLoader)
    line = 1
    steps = re.findall(r"\.(\w+)|\[(\d+)\]", mistake.rpartition("`$")[2])
    unknown = re.search(r"unknown field `(\w+)`", mistake)
    for name, index in [*steps, (unknown[1], "")] if unknown else steps:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == name:
                    line, node = key.start_mark.line + 1, value
                    break
        elif isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
            node = node.value[int(index)]
            line = node.start_mark.line + 1
    return line
