"""Releases, commits and deploys as Sentry's API shows them."""

from collections.abc import Mapping
from typing import Any

from errata.config.model import Project
from errata.stores.clickhouse.releases import Commit, Deploy, Release, Seen


def release_answer(release: Release, projects: Mapping[int, Project], seen: Seen | None = None) -> dict[str, Any]:
    """Give a release; `seen` is what events say of it."""
    return {
        "id": release.id,
        "version": release.version,
        "shortVersion": release.version,
        "status": release.status,
        "url": release.url or None,
        "ref": release.ref or None,
        "dateCreated": release.date_created,
        "dateStarted": release.date_started,
        "dateReleased": release.date_released,
        "firstEvent": seen and seen.first_event,
        "lastEvent": seen and seen.last_event,
        "newGroups": seen.new_issues if seen else 0,
        "commitCount": release.commit_count,
        "lastCommit": {"id": release.last_commit} if release.last_commit else None,
        "projects": [
            {"id": project.id, "slug": project.slug, "name": project.name or project.slug}
            for project in (projects[number] for number in release.projects if number in projects)
        ],
    }


def commit_answer(commit: Commit) -> dict[str, Any]:
    """Give a commit."""
    return {
        "id": commit.id,
        "message": commit.message or None,
        "dateCreated": commit.committed_at,
        "repository": {"name": commit.repository} if commit.repository else None,
        "author": {"name": commit.author_name, "email": commit.author_email} if commit.author_name else None,
    }


def deploy_answer(deploy: Deploy) -> dict[str, Any]:
    """Give a deploy."""
    return {
        "id": deploy.id,
        "environment": deploy.environment,
        "name": deploy.name or None,
        "url": deploy.url or None,
        "dateStarted": deploy.date_started,
        "dateFinished": deploy.date_finished,
    }
