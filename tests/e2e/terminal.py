"""A terminal around the real program: a pty, an emulator that reads what is drawn, the processes behind."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

COLUMNS, LINES = 120, 40
PATIENCE_SECONDS = 20.0
_COMPLAINTS = ("Traceback", "Warning", "WARNING", "ERROR", "CRITICAL", "Exception")
_SEQUENCE = re.compile(
    rb"\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|\x1b[PX^_].*?\x1b\\\\|\x1b\].*?(?:\x07|\x1b\\\\)|\x1b."
)
_PRIVATE_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_ASKS_FOR_SYNC, _HAS_SYNC = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FRAME, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"


class Terminal:
    """One run of the program. What it draws is read into `lines`.

    Textual draws on stderr, so stderr is the terminal too; `strays` finds what is no drawing. It shows whole
    frames only (synchronized output), so that no condition holds on half of one.
    """

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.folder = folder
        self.raw = bytearray()
        self._unshown = b""
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        self.before = termios.tcgetattr(slave)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._slave = slave
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TUI_TRADER", "TEXTUAL", "NO_COLOR", "COLUMNS", "LINES"))
        }
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(folder)}
        environment |= {
            f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE")
        }
        environment |= variables
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            (sys.executable, "-m", "tui_trader", *arguments),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )

    @property
    def lines(self) -> list[str]:
        """The screen as it stands."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def read(self, seconds: float) -> bool:
        """Take in what was drawn; False when nothing came in this time."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:
            return False
        self.raw += data
        self._unshown += data
        if _ASKS_FOR_SYNC in self._unshown:
            os.write(self._master, _HAS_SYNC)
        begun, ended = self._unshown.rfind(_FRAME), self._unshown.rfind(_FRAME_ENDS)
        whole = begun if begun > ended else len(self._unshown)
        shown, self._unshown = self._unshown[:whole], self._unshown[whole:]
        # pyte knows no colon-separated attributes, and takes DEC's private answers for text
        self._stream.feed(
            re.sub(rb"\x1b\[[<>=?][\d;$]*[a-zA-Z]|\x1b\[[\d:;]*:[\d:;]*m|\x1bP.*?\x1b\\", b"", shown)
        )
        return True

    def until(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> float:
        """Read until something holds; return the seconds since the program was started."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            assert left > 0, f"{what}: not within {seconds:g} s; the screen says\n{self.text}"
            self.read(min(0.05, left))
        return time.monotonic() - self.started

    def press(self, text: str) -> None:
        """Type."""
        os.write(self._master, text.encode())

    def ended(self) -> int:
        """Wait for the program to end; return its exit code."""
        self.until(lambda: self.process.poll() is not None, "the program ends")
        while self.read(0.05):
            pass
        return self.process.returncode

    def strays(self) -> str:
        """Text that was written before the alternate screen was entered, after it was left, or over it."""
        drawn = bytes(self.raw)
        before, _, rest = drawn.partition(b"\x1b[?1049h")
        over, _, after = rest.rpartition(b"\x1b[?1049l")
        outside = _SEQUENCE.sub(b"", before + after).decode("utf-8", "replace").strip()
        return outside + "".join(word for word in _COMPLAINTS if word.encode() in over)

    def logged(self) -> str:
        """Warnings and worse that console or server logged."""
        lines = [line for file in self.folder.rglob("*.log") for line in file.read_text("utf-8").splitlines()]
        return "\n".join(line for line in lines if any(word in line for word in _COMPLAINTS))

    def modes(self) -> dict[int, bool]:
        """Private modes of the terminal as the program left them: 1049 alternate screen, 25 cursor."""
        found: dict[int, bool] = {}
        for numbers, state in _PRIVATE_MODE.findall(bytes(self.raw)):
            found |= {int(number): state == b"h" for number in numbers.split(b";")}
        return found

    def attributes(self) -> list[object]:
        """The line discipline as it is now, to compare with `before`."""
        return termios.tcgetattr(self._slave)

    @property
    def children(self) -> list[int]:
        """Processes that the program started and that still run."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (ppid := parent_of(int(entry.name))) == self.process.pid:
                assert ppid
                found.append(int(entry.name))
        return found

    def hang_up(self) -> None:
        """Close the terminal, as one that is killed does."""
        for descriptor in (self._slave, self._master):
            os.close(descriptor)
        self._slave = self._master = -1

    def close(self) -> None:
        """End whatever is left."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self._master >= 0:
            self.hang_up()


def parent_of(pid: int) -> int | None:
    """Parent of a running process; None for one that is gone or only waits to be collected."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, ppid = stat.rpartition(")")[2].split()[:2]
    return None if state == "Z" else int(ppid)


def is_running(pid: int) -> bool:
    """Whether a process is there and does something."""
    return parent_of(pid) is not None
