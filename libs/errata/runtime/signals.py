"""Stopping on SIGINT and SIGTERM, cleanly, once."""

import asyncio
import signal


def stop_event() -> asyncio.Event:
    """Give an event of the running loop that is set when the process is asked to stop.

    A second signal ends the process at once, for a person who does not want to wait.
    """
    event = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask(number: int) -> None:
        event.set()
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask, number)
    return event
