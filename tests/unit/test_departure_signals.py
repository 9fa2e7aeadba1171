"""Signals of the system become an orderly end."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
from collections.abc import Iterator

import pytest

from tui_trader.departure import hang_up_with, leave_on_signals

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Handlers are what they were, and no deadline is left."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    signal.alarm(0)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_signal_calls_back_in_the_loop_and_sets_a_deadline(number: signal.Signals) -> None:
    asked = asyncio.Event()
    leave_on_signals(asked.set)
    os.kill(os.getpid(), number)
    async with asyncio.timeout(5):
        await asked.wait()
    assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 6


async def test_asking_again_does_not_move_the_deadline() -> None:
    leave_on_signals(lambda: None)
    os.kill(os.getpid(), signal.SIGTERM)
    signal.alarm(3)
    os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getitimer(signal.ITIMER_REAL)[0] <= 3


async def test_a_terminal_that_is_gone_hangs_up() -> None:
    asked = asyncio.Event()
    leave_on_signals(asked.set)
    master, slave = pty.openpty()
    try:
        hang_up_with(slave)
        os.close(master)
        async with asyncio.timeout(5):
            await asked.wait()
    finally:
        os.close(slave)


def test_beside_the_main_thread_nothing_happens() -> None:
    async def elsewhere() -> None:
        await asyncio.to_thread(lambda: asyncio.run(install()))

    async def install() -> None:
        leave_on_signals(lambda: None)

    asyncio.run(elsewhere())
