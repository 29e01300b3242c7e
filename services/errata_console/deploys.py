"""Deploys of a release: new and list."""

import uuid
from datetime import datetime

import msgspec
from starlette.responses import Response

from errata.contracts.times import to_datetime
from errata.stores.clickhouse.releases import Deploy
from errata_console.answers import PAGE, page, reply
from errata_console.call import Call
from errata_console.release_answers import deploy_answer
from errata_console.release_changes import utc
from errata_console.releases import existing


class NewDeploy(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a client says of a deploy."""

    environment: str
    name: str | None = None
    url: str | None = None
    date_started: datetime | None = None
    date_finished: datetime | None = None


async def create(call: Call) -> Response:
    """Note that a release went somewhere; without a time it is now."""
    wish = await call.body(NewDeploy)
    release = await existing(call)
    deploy = Deploy(
        release_id=release.id,
        id=uuid.uuid4().hex,
        environment=wish.environment,
        name=wish.name or "",
        url=wish.url or "",
        date_started=utc(wish.date_started),
        date_finished=utc(wish.date_finished) or to_datetime(call.parts.clock()),
    )
    await call.parts.releases.put_deploy(deploy)
    return reply(deploy_answer(deploy), 201)


async def show_all(call: Call) -> Response:
    """List the deploys of a release, latest first."""
    release = await existing(call)
    deploys = await call.parts.releases.deploys(release, PAGE + 1, call.offset)
    return page([deploy_answer(deploy) for deploy in deploys], call.request.url, call.offset)
