import asyncio

from errata.stores.blobs.fair_gate import FairGate


async def test_a_project_waits_for_a_place_and_not_for_all_wishes_of_another():
    gate, order, places = FairGate(2), [], []

    async def wish(project):
        async with gate.turn(project):
            places.append(project)
            assert len(places) <= 2
            order.append(project)
            await asyncio.sleep(0)
            places.remove(project)

    await asyncio.gather(*(wish(1) for _ in range(20)), wish(2), *(wish(1) for _ in range(5)))
    assert len(order) == 26
    assert order.index(2) <= 4
