"""A piece of work in a forked copy of this process, so that the loop does not wait for it.

The copy sees memory as it was at the fork, touches none of the parent's files and sockets, and ends alone.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import warnings
from collections.abc import Callable

POSSIBLE = sys.platform == "linux"
"""Elsewhere a fork is missing, or unsafe beside the system's own threads."""


class SideProcess:
    """One running copy."""

    def __init__(self, work: Callable[[], object]) -> None:
        """Start `work` aside. Raises `OSError`."""
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # of forking beside threads: it takes no locks
            self._pid: int | None = os.fork()
        if self._pid == 0:
            _work_and_end(work)

    def ended(self) -> bool | None:
        """None while it works, then whether it did."""
        if self._pid is None:
            return False
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid == 0:
            return None
        self._pid = None
        return status == 0

    def stop(self) -> None:
        """End it now; safe to repeat."""
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = None


def _work_and_end(work: Callable[[], object]) -> None:
    code = 1
    try:
        gc.disable()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        work()
        code = 0
    finally:
        os._exit(code)
