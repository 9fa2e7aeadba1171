"""The console's log: a rotating file, set up before anything else. Nothing of it may reach the screen."""

from __future__ import annotations

import logging
import logging.handlers
import os
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path

from tui_trader.protocols.redaction import redact

MAX_BYTES = 1_000_000
FILES = 3


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

    Raises `OSError` when it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = PrivateFile(path, maxBytes=MAX_BYTES, backupCount=FILES, encoding="utf-8")
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    path.chmod(0o600)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(os.environ.get("TUI_TRADER_LOG_LEVEL", "INFO").upper())
    for chatty in ("websockets", "httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a full disk must not print over the screen
