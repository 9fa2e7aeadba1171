"""What one session leaves to the next: a small file in the platform's state folder, replaced in one step."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from tui_trader.alerts.alert import Alert

FILE_NAME = "state.json"
MAX_BYTES = 1_000_000


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is remembered; what an older or newer version wrote besides is ignored."""

    theme: str = ""
    symbol: str = ""
    timeframe: str = ""
    workspace: int = 0
    sorting: str = ""
    lists: dict[str, tuple[str, ...]] = {}
    list_chosen: str = ""
    alerts: tuple[Alert, ...] = ()
    steps: tuple[str, ...] = ()
    """First steps that the user has taken."""


class StateFile:
    """Reads and writes one file. `complaint` says why what stood there was not used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.complaint = ""

    def read(self) -> Remembered:
        """What was remembered; nothing where there is no file or it is damaged."""
        try:
            with self.path.open("rb") as file:
                return msgspec.json.decode(file.read(MAX_BYTES), type=Remembered)
        except FileNotFoundError:
            pass
        except OSError as error:
            self.complaint = f"what was remembered cannot be read: {error.strerror or error}"
        except (msgspec.MsgspecError, ValueError, RecursionError):
            self.complaint = f"what was remembered is damaged and ignored: {self.path}"
        return Remembered()

    def write(self, remembered: Remembered) -> None:
        """Write so that a crash leaves the old file or the new one, readable by its owner only.

        Raises `OSError`.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(remembered), indent=2))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
