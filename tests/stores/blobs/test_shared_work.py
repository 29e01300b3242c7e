import asyncio

import pytest

from errata.stores.blobs.shared_work import SharedWork


async def test_what_several_want_is_done_once_and_to_its_end_though_one_gives_up():
    shared, go, began = SharedWork(), asyncio.Event(), []

    async def work():
        began.append(1)
        await go.wait()
        return "done"

    impatient = asyncio.create_task(shared.done("key", work))
    patient = asyncio.create_task(shared.done("key", work))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    go.set()
    assert await patient == "done"
    assert began == [1]
    assert await shared.done("key", work) == "done"
    assert began == [1, 1]


async def test_a_failure_is_everyones_and_the_next_tries_again():
    shared, began = SharedWork(), []

    async def work():
        began.append(1)
        await asyncio.sleep(0)
        raise LookupError

    results = await asyncio.gather(*(shared.done("key", work) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [LookupError] * 3
    with pytest.raises(LookupError):
        await shared.done("key", work)
    assert began == [1, 1]
