"""The list of panes: adding one is its file and its line here; layouts name panes by `KEY`."""

from __future__ import annotations

from tui_trader.panes.bot import BotPane
from tui_trader.panes.chart import ChartPane
from tui_trader.panes.order_book import OrderBookPane
from tui_trader.panes.pane import Pane
from tui_trader.panes.signals import SignalsPane
from tui_trader.panes.strategies import StrategiesPane
from tui_trader.panes.tickers import TickersPane

PANES: tuple[type[Pane], ...] = (
    TickersPane,
    ChartPane,
    OrderBookPane,
    StrategiesPane,
    SignalsPane,
    BotPane,
)
