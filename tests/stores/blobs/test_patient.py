import asyncio

import pytest
from tests.stores.blobs.uploading import Shelf

from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.patient import AwayError, PatientBlobs


class Troubled(Blobs):
    """A store of which some blobs never come, and others only raise."""

    def __init__(self, blobs):
        super().__init__(blobs.store)
        self.reads = []

    async def get(self, key):
        self.reads.append(key)
        if key.startswith("slow"):
            await asyncio.Event().wait()
        if key.startswith("bad"):
            raise PermissionError
        return await super().get(key)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def troubled(tmp_path):
    return Troubled(Shelf(tmp_path).blobs)


async def test_a_blob_that_does_not_come_is_given_up_alone(troubled):
    patient = PatientBlobs(troubled, Clock(), timeout_seconds=0.25, retry_seconds=10)
    await patient.put("there", b"1")
    for _ in range(2):
        slow = await asyncio.gather(*(patient.get(f"slow {number}") for number in range(15)), return_exceptions=True)
        assert {type(error) for error in slow} == {TimeoutError}
        assert await patient.get("there") == b"1"


async def test_a_store_that_raises_is_left_alone_for_a_while(troubled):
    clock = Clock()
    patient = PatientBlobs(troubled, clock, timeout_seconds=5, retry_seconds=10)
    with pytest.raises(PermissionError):
        await patient.get("bad")
    clock.now = 9.9
    with pytest.raises(AwayError):
        await patient.get("there")
    assert troubled.reads == ["bad"]
    clock.now = 10.0
    assert await patient.get("there") is None


async def test_a_store_that_answers_nothing_at_all_is_left_alone_too(troubled):
    patient = PatientBlobs(troubled, Clock(), timeout_seconds=0.01, retry_seconds=10)
    slow = await asyncio.gather(*(patient.get(f"slow {number}") for number in range(16)), return_exceptions=True)
    assert {type(error) for error in slow} == {TimeoutError}
    with pytest.raises(AwayError):
        await patient.get("there")
