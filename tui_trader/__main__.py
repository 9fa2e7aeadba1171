"""`python -m tui_trader` and the `tui-trader` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run what the command line says; return the exit code.

    Without arguments its parser is not even imported: the embedded server starts that much sooner.
    """
    if len(sys.argv) > 1:
        from tui_trader import cli

        return cli.main()
    from tui_trader import launch
    from tui_trader.exit_codes import reported
    from tui_trader.settings import load

    return reported(lambda: launch.run_console(load()))


if __name__ == "__main__":
    sys.exit(main())
