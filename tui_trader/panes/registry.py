"""The list of panes: a new one is its file and its line here. Layouts use their `KEY`; Tab follows it."""

from __future__ import annotations

from tui_trader.panes.account import AccountPane
from tui_trader.panes.bot import BotPane
from tui_trader.panes.chart import ChartPane
from tui_trader.panes.deals import DealsPane
from tui_trader.panes.inspector import InspectorPane
from tui_trader.panes.journal import JournalPane
from tui_trader.panes.links import LinksPane
from tui_trader.panes.order_book import OrderBookPane
from tui_trader.panes.orders import OrdersPane
from tui_trader.panes.pane import Pane
from tui_trader.panes.positions import PositionsPane
from tui_trader.panes.risk import RiskPane
from tui_trader.panes.risk_alerts import RiskAlertsPane
from tui_trader.panes.signals import SignalsPane
from tui_trader.panes.strategies import StrategiesPane
from tui_trader.panes.strategy import StrategyPane
from tui_trader.panes.tickers import TickersPane

PANES: tuple[type[Pane], ...] = (
    TickersPane,
    ChartPane,
    OrderBookPane,
    AccountPane,
    RiskPane,
    PositionsPane,
    OrdersPane,
    DealsPane,
    RiskAlertsPane,
    StrategiesPane,
    StrategyPane,
    SignalsPane,
    BotPane,
    LinksPane,
    JournalPane,
    InspectorPane,
)
