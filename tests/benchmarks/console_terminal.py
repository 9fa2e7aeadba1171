"""A program in a pseudo terminal: what it writes, when, and what it costs. The terminal answers nothing."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

TICK = os.sysconf("SC_CLK_TCK")


class Terminal:
    """A child on a terminal of 120 x 40; its folders are temporary."""

    def __init__(self, *command: str, width: int = 120, height: int = 40) -> None:
        self._folder = tempfile.TemporaryDirectory()
        homes = {f"XDG_{name}_HOME": self._folder.name for name in ("STATE", "CONFIG", "DATA", "CACHE")}
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("TUI_TRADER_")
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's start finds its modules compiled
        environment |= homes | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.began = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                os.execvpe(sys.executable, (sys.executable, *command), environment)
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.output = bytearray()
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.ended:
            os.kill(self.pid, signal.SIGTERM)
            self.read(5.0)
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)
        self._folder.cleanup()

    def read(self, seconds: float, until: Sequence[bytes] = ()) -> dict[bytes, float]:
        """Take what it writes for a time, or until all of these were seen: seconds from the start to each."""
        seen: dict[bytes, float] = {}
        end = time.monotonic() + seconds
        while (
            not self.ended
            and (left := end - time.monotonic()) > 0
            and not (until and len(seen) == len(until))
        ):
            if not select.select([self._fd], [], [], left)[0]:
                break
            try:
                self.output += os.read(self._fd, 65_536)
            except OSError:
                self.ended = True
            for text in until:
                if text not in seen and text in self.output:
                    seen[text] = time.monotonic() - self.began
        return seen

    def type(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self._fd, keys)

    def cpu(self) -> float:
        """Processor seconds of the program itself, without its children."""
        fields = Path(f"/proc/{self.pid}/schedstat").read_text().split()
        return int(fields[0]) / 1e9

    def resident(self) -> float:
        """MiB of it in memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
