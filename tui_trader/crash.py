"""How a fault of our own ends the program: a traceback without local variables and without secrets.

Textual and Python alone would print the first with the second, and Textual the values of all variables.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

from tui_trader.protocols.redaction import redact
from tui_trader.protocols.sanitising import clean

if TYPE_CHECKING:
    from rich.text import Text

MOST_LINES = 60
_LINE = 400
_log = logging.getLogger(__name__)


def told(error: BaseException) -> str:
    """An error's traceback as it may be shown: the end of it, where what happened stands."""
    text = redact("".join(traceback.format_exception(error)))
    lines = [clean(line, _LINE) for line in text.splitlines()]
    return "\n".join(lines[-MOST_LINES:])


def last_words(error: BaseException) -> Text:
    """What the terminal gets when the screen is gone; the same goes to the log."""
    from rich.text import Text

    text = told(error)
    _log.critical("the console ends on a fault of its own:\n%s", text)
    return Text(f"{text}\n\ntui-trader has met a fault of its own and ends; nothing was sent because of it.")


def install() -> None:
    """Let errors that nobody handles be told this way: the main thread's on stderr, others' in the log."""
    sys.excepthook = _hook
    threading.excepthook = _thread_hook


def _hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    sys.stderr.write(told(error) + "\n")


def _thread_hook(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
        _log.error("a thread ended on a fault:\n%s", told(arguments.exc_value))
