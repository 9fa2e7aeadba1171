"""Signals of the system become an orderly end."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tui_trader.departure import leave_on_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_calls_back_in_the_loop(number: signal.Signals) -> None:
    asked = asyncio.Event()
    leave_on_signals(asked.set)
    os.kill(os.getpid(), number)
    async with asyncio.timeout(5):
        await asked.wait()


def test_beside_the_main_thread_nothing_happens() -> None:
    async def elsewhere() -> None:
        await asyncio.to_thread(lambda: asyncio.run(install()))

    async def install() -> None:
        leave_on_signals(lambda: None)

    asyncio.run(elsewhere())
