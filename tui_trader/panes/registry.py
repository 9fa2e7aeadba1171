"""The list of panes: adding one is its file and its line here; layouts name panes by `KEY`."""

from __future__ import annotations

from tui_trader.panes.pane import Pane
from tui_trader.panes.tickers import TickersPane

PANES: tuple[type[Pane], ...] = (TickersPane,)
