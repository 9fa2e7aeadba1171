"""The console as Textual alone paints it: the anchor of what is written to the terminal."""

from __future__ import annotations

import sys

from tui_trader.__main__ import main
from tui_trader.drawing import terminal

if __name__ == "__main__":
    terminal.TESTED = ("none",)
    sys.exit(main())
