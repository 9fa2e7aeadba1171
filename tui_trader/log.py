"""The console's log: a rotating file, set up before anything else. Nothing of it may reach the screen."""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
from pathlib import Path

MAX_BYTES = 1_000_000
FILES = 3
_SECRETS = re.compile(
    r"((?:access_token|session_id|api[_-]?key|api_secret|jwt_secret|token|signature|password)"
    r"(?:\"|')?\s*[=:]\s*(?:\"|')?|bearer\s+)[^\s\"'&,}]+",
    re.IGNORECASE,
)


class RedactingFormatter(logging.Formatter):
    """Formats a record and hides what looks like a secret, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        return redact(super().format(record))


def redact(text: str) -> str:
    """Return the text with the values of tokens, keys and signatures replaced."""
    return _SECRETS.sub(r"\1[hidden]", text)


def set_up(path: Path) -> None:
    """Send all logging and warnings to the file.

    Raises `OSError` when it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=MAX_BYTES, backupCount=FILES, encoding="utf-8"
    )
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    path.chmod(0o600)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(os.environ.get("TUI_TRADER_LOG_LEVEL", "INFO").upper())
    for chatty in ("websockets", "httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a full disk must not print over the screen
