"""How a run that cannot go on ends: one sentence on stderr and exit code 2, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tui_trader.model.errors import ConsoleError

NAME = "tui-trader"
BAD_USE = 2


def reported(run: Callable[[], int]) -> int:
    """Run, and report a `ConsoleError` instead of raising it; return the exit code."""
    try:
        return run()
    except ConsoleError as error:
        return refuse(str(error))


def refuse(text: str) -> int:
    """Say why in one line; return the exit code."""
    sentence = " ".join(text.split())
    sys.stderr.write(f"{NAME}: {sentence}\n")
    return BAD_USE
