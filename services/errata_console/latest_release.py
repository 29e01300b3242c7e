"""Which release of a project is the latest: what "resolved in the next release" counts from."""

from collections.abc import Mapping

from errata.issues.regression import baseline
from errata.stores.clickhouse.releases import Releases

# Of the releases of a project; older ones are not the latest.
_MOST = 1_000


async def latest_release(releases: Releases, project: int) -> str:
    """Give the latest release of a project, empty when none is known.

    Those that builds made known count; without any, those that events named, where anyone can name one: so they count
    as for an issue that is resolved without saying in which.
    """
    counts: Mapping[str, int]
    made = [release for release in await releases.page(project, _MOST, 0) if release.status == "open"]
    if made:
        counts = {release.version: 2 for release in made}
        first = {release.version: release.date_created for release in made}
    else:
        seen = await releases.in_events(project, _MOST)
        counts = {version: count for version, (count, _) in seen.items()}
        first = {version: since for version, (_, since) in seen.items()}
    return baseline(counts, {version: int(since.timestamp() * 1e6) for version, since in first.items()})[0]
