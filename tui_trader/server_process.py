"""The embedded server as a child process: started, heard until it is ready, watched, stopped.

Its stdout is one JSON line, its stderr goes to a file beside the console's log: neither may reach the screen.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from tui_trader.model.errors import LaunchError

if TYPE_CHECKING:
    from concurrent.futures import Future

READY_SECONDS = 60.0
STOP_SECONDS = 5.0
ARGUMENTS = ("--server-only", "--json", "--ports", "free", "--exit-with-parent")
_MAX_LOG = 5_000_000
_TAIL = 2_000


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Announcement(msgspec.Struct, frozen=True):
    """The one line of `--json`."""

    ready: bool
    endpoints: dict[str, str]
    http: dict[str, str] = {}
    credentials_file: str = ""
    account: str = ""
    """Tells the paper account that is kept from every other; empty for one that is not."""
    resumed_at: int | None = None
    """Market time, ns since the epoch, at which the paper account that was kept goes on."""
    notices: tuple[str, ...] = ()
    """What else became of it, in sentences."""


class ServerProcess:
    """One run of the server."""

    def __init__(self, arguments: Sequence[str], log_file: Path) -> None:
        self._command = (sys.executable, "-m", "tui_trader", *ARGUMENTS, *arguments)
        self._log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None
        self._announced: Future[bytes] | None = None
        self._exited: Future[int] | None = None

    @property
    def pid(self) -> int | None:
        """Process id, once started."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process and return at once. Raises `LaunchError`."""
        try:
            with self._opened_log() as log:
                self._process = subprocess.Popen(
                    self._command,
                    # An open pipe that nobody writes to: it ends with this process, however that ends.
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,  # a Ctrl-C at the terminal is the console's to handle
                )
        except OSError as error:
            raise LaunchError(f"cannot start the embedded server: {error}") from error
        self._hear(self._process)

    def _opened_log(self) -> IO[bytes]:
        file = self._log_file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            mode = "wb" if file.exists() and file.stat().st_size > _MAX_LOG else "ab"
            return open(file, mode, opener=_private)
        except OSError as error:
            why = error.strerror or error
            raise LaunchError(
                f"cannot write the log file {file}: {why}; --log-file names another place"
            ) from error

    async def ready(self) -> Announcement:
        """Wait for the line that says where everything listens. Raises `LaunchError`."""
        import asyncio

        if self._announced is None:
            raise LaunchError("the embedded server was not started")
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await asyncio.shield(asyncio.wrap_future(self._announced))
        except TimeoutError:
            raise LaunchError(f"the embedded server was not ready in {READY_SECONDS:g} s") from None
        try:
            return msgspec.json.decode(line, type=Announcement)
        except msgspec.MsgspecError:
            raise LaunchError(f"the embedded server did not start: {self._last_words()}") from None

    async def exited(self) -> int:
        """Wait for the end of the process; return its exit code. Raises `LaunchError` if it never started."""
        import asyncio

        if self._exited is None:
            raise LaunchError("the embedded server was not started")
        return await asyncio.shield(asyncio.wrap_future(self._exited))

    def stop(self) -> None:
        """Ask the process to end, and end it if it does not; blocks for as long."""
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        """Listen in a thread; what that needs is imported when the process already runs."""
        from concurrent.futures import Future
        from threading import Thread

        announced: Future[bytes] = Future()
        exited: Future[int] = Future()

        def listen() -> None:
            assert process.stdout is not None
            with process.stdout as output:
                announced.set_result(output.readline())
                while output.read(65_536):
                    pass
            code = process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
            exited.set_result(code)

        self._announced, self._exited = announced, exited
        Thread(target=listen, name="embedded server", daemon=True).start()

    def _last_words(self) -> str:
        try:
            lines = self._log_file.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        return f"{lines[-1] if lines else 'it said nothing'} (log: {self._log_file})"
