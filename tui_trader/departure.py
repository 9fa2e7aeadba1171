"""Leaving when the system says so: a terminal that closes or a `kill` ends the console as `q` does.

A terminal that takes nothing more would hold up a console that says goodbye to it: there is a deadline.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable
from types import FrameType

DEADLINE_SECONDS = 6
"""Until the process is ended where it stands; its server ends with it."""
DRAWN_ON = 2
"""The file descriptor of the terminal: Textual draws on stderr."""
_NAMES = ("SIGTERM", "SIGINT", "SIGHUP")


def leave_on_signals(leave: Callable[[], None]) -> None:
    """Call back, in the running loop, when the process is asked to end; nothing where that is unknown."""
    loop = asyncio.get_running_loop()

    # not the loop's own way: a loop that waits for the terminal would never hear of it
    def asked(number: int, frame: FrameType | None) -> None:
        _set_deadline()
        with contextlib.suppress(RuntimeError):  # left already
            loop.call_soon_threadsafe(leave)

    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # beside the main thread
                signal.signal(number, asked)


def hang_up_with(terminal: int) -> None:
    """Take a terminal that is gone for SIGHUP, which only the head of its session gets from the system."""
    if not hasattr(select, "poll") or not os.isatty(terminal):
        return
    poll = select.poll()
    poll.register(terminal, 0)
    handling = threading.main_thread().ident

    def wait() -> None:
        gone = any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll())
        if gone and handling is not None:
            # to the thread that handles signals: a loop that sleeps there is woken up by its own only
            signal.pthread_kill(handling, signal.SIGHUP)

    threading.Thread(target=wait, name="terminal watch", daemon=True).start()


def _set_deadline() -> None:
    """Let the system end the process: nothing of it needs to work for that."""
    if hasattr(signal, "alarm") and not signal.getitimer(signal.ITIMER_REAL)[0]:
        signal.alarm(DEADLINE_SECONDS)
