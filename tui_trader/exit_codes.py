"""How a run that cannot go on ends: a sentence on stderr, no traceback; 2, or 1 if only output failed."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable

from tui_trader.model.errors import ConsoleError

NAME = "tui-trader"
BAD_USE = 2
FAILED = 1
"""Nothing was wrong with what was asked for: the disk or whoever reads the output took no more."""


def reported(run: Callable[[], int]) -> int:
    """Run, and report a `ConsoleError` or the system's refusal instead of raising it; return an exit code."""
    try:
        code = run()
        if sys.stdout is not None:  # as it is where it was closed
            sys.stdout.flush()
    except ConsoleError as error:
        return refuse(str(error))
    except BrokenPipeError:  # whoever read has had enough
        return _silenced()
    except OSError as error:
        refuse(f"the system refused: {error.strerror or error}")
        return _silenced()
    return code


def refuse(text: str) -> int:
    """Say why in one line; return the exit code."""
    sentence = " ".join(text.split())
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{NAME}: {sentence}\n")
    return BAD_USE


def _silenced() -> int:
    """Let what is still to be written go nowhere: Python would complain of it at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return FAILED
