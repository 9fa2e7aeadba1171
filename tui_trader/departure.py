"""Leaving when the system says so: a terminal that closes or a `kill` ends the console as `q` does."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP")


def leave_on_signals(leave: Callable[[], None]) -> None:
    """Call back, in the running loop, when the process is asked to end; nothing where that is unknown."""
    loop = asyncio.get_running_loop()
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None:
            # neither Windows' loops nor a loop beside the main thread can be told of signals
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, leave)
