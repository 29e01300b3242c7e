"""A service stops when it is asked to, whatever it is doing then."""

import asyncio
import os
import signal

import pytest

from errata.runtime.signals import first_of, stop_event, unless_stopped


async def test_a_signal_sets_the_event_and_a_second_one_would_end_the_process() -> None:
    stop = stop_event()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(stop.wait(), 5)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_what_ends_before_a_stop_gives_its_result_or_its_error() -> None:
    async def give() -> int:
        return 7

    async def fail() -> int:
        raise KeyError

    assert await unless_stopped(asyncio.Event(), give()) == 7
    with pytest.raises(KeyError):
        await unless_stopped(asyncio.Event(), fail())


async def test_a_stop_cancels_what_goes_on() -> None:
    stop, work = asyncio.Event(), asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(stop.set)
    assert await unless_stopped(stop, work) is None
    assert work.cancelled()


async def test_who_waits_for_the_first_of_several_leaves_the_others_alone() -> None:
    event, work = asyncio.Event(), asyncio.get_running_loop().create_future()
    assert not await first_of(event, work, seconds=0)
    event.set()
    assert await first_of(event, work)
    assert not work.done()
    work.set_exception(KeyError())
    assert not await first_of(asyncio.Event(), work)
    assert isinstance(work.exception(), KeyError)
