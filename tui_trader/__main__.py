"""`python -m tui_trader` and the `tui-trader` command."""

from __future__ import annotations

import sys

from tui_trader.cli import main

if __name__ == "__main__":
    sys.exit(main())
