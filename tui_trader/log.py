"""The console's log: a rotating file, set up before anything else. Nothing of it may reach the screen."""

from __future__ import annotations

import logging
import logging.handlers
import os
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path

from tui_trader.model.errors import SettingsError
from tui_trader.protocols.redaction import redact

MAX_BYTES = 1_000_000
FILES = 3
LEVEL = "TUI_TRADER_LOG_LEVEL"
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def unwritable(path: Path, error: OSError) -> SettingsError:
    """Say that a log file cannot be written, and what to do about it."""
    return SettingsError(
        f"cannot write the log file {path}: {error.strerror or error}; --log-file names another"
    )


class PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner can read, each new one from its first byte."""

    def _open(self) -> TextIOWrapper:
        file = FileIO(self.baseFilename, self.mode, opener=_private)
        return TextIOWrapper(BufferedWriter(file), encoding=self.encoding, errors=self.errors)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class RedactingFormatter(logging.Formatter):
    """Formats a record without secrets, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        return redact(super().format(record))


def set_up(path: Path) -> None:
    """Send all logging and warnings to the file.

    Raises `SettingsError`: the file cannot be written, or the environment names no level that there is.
    """
    level = os.environ.get(LEVEL, "").upper() or "INFO"
    if level not in _LEVELS:
        raise SettingsError(f"{LEVEL} must be one of {', '.join(_LEVELS)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = PrivateFile(path, maxBytes=MAX_BYTES, backupCount=FILES, encoding="utf-8")
        path.chmod(0o600)
    except OSError as error:
        raise unwritable(path, error) from error
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("websockets", "httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a full disk must not print over the screen
