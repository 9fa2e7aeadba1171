"""Routes every event to the part of the store it changes, and writes the journal; nobody else does."""

from __future__ import annotations

from typing import assert_never

from tui_trader.model.commands import (
    AnswerRequote,
    Command,
    EngageKillSwitch,
    PlaceOcoOrders,
    PlaceOrder,
    StartStrategy,
    orders_of,
)
from tui_trader.model.events import (
    AccountUpdated,
    BarUpdated,
    BotUpdated,
    CommandAnswered,
    CommandLost,
    DealDone,
    DealsListed,
    DepthUpdated,
    Event,
    ExecutionServiceChanged,
    HistoryLoaded,
    HoldingEvent,
    IndicatorsUpdated,
    InstrumentsListed,
    JournalReceived,
    KillSwitchChanged,
    LinkChanged,
    NoticeReceived,
    OrderEvent,
    OrderRecalled,
    OrdersFound,
    OrdersReplaced,
    OrderUpdated,
    PositionProfit,
    PositionRemoved,
    PositionsReplaced,
    PositionUpdated,
    QuoteUpdated,
    ReportReceived,
    RequoteEnded,
    RequoteOffered,
    RiskAlertRaised,
    RiskUpdated,
    RoundTripMeasured,
    ServiceEvent,
    SessionEnded,
    SignalReceived,
    StrategiesListed,
    StrategyConfigsListed,
    StrategyStatusChanged,
    TradePrinted,
    UnknownReceived,
)
from tui_trader.model.values import Order, Position, Severity
from tui_trader.store.accounts import Accounts
from tui_trader.store.books import Books
from tui_trader.store.bots import Bots
from tui_trader.store.candles import Candles
from tui_trader.store.chronicle import line_of_command, line_of_event
from tui_trader.store.deals import Deals
from tui_trader.store.equity import EquityCurves
from tui_trader.store.instruments import Instruments
from tui_trader.store.journal import Journal
from tui_trader.store.links import LinkStates
from tui_trader.store.orders import Orders
from tui_trader.store.positions import Positions
from tui_trader.store.quotes import STALE_SECONDS, Quotes
from tui_trader.store.reports import Reports
from tui_trader.store.requotes import Requotes
from tui_trader.store.risk import RiskView
from tui_trader.store.selection import Selection
from tui_trader.store.signals import Signals
from tui_trader.store.strategies import Strategies

LISTS_SECONDS = 3.0
"""For this long after a link became ready, an instrument that nobody lists may still be listed."""

DRIFT_MS = 500


class Store:
    """Everything the console knows. Parts are read freely and written only here."""

    def __init__(self, selection: Selection | None = None) -> None:
        self.links = LinkStates()
        self.instruments = Instruments()
        self.quotes = Quotes()
        self.books = Books()
        self.candles = Candles()
        self.orders = Orders()
        self.positions = Positions()
        self.deals = Deals()
        self.accounts = Accounts()
        self.equity = EquityCurves()
        self.strategies = Strategies()
        self.signals = Signals()
        self.bots = Bots()
        self.risk = RiskView()
        self.reports = Reports()
        self.requotes = Requotes()
        self.journal = Journal()
        self.selection = selection or Selection()
        self._market_start: float | None = None
        """The market's time, milliseconds, when the monotonic clock was zero."""

    def stale(self, symbol: str, now: float) -> bool:
        """True when the quote is older than three seconds or its link is not ready."""
        quote = self.quotes.get(symbol)
        return quote is None or now - quote.arrived > STALE_SECONDS or not self.links.ready(quote.link)

    def sent(self, command: Command, now: float) -> None:
        """Note a command that leaves the console."""
        self.reports.sent(command)
        if isinstance(command, PlaceOrder):
            self.orders.send(command, self.market_ms(now))
            if command.signal is not None:
                self.signals.follow(command.signal, command.reference)
        elif isinstance(command, PlaceOcoOrders):
            self.orders.send_together(command, self.market_ms(now))
            for order in command.orders:
                if order.signal is not None:
                    self.signals.follow(order.signal, order.reference)
        elif isinstance(command, AnswerRequote):
            self.requotes.answer(command.link, command.order_id, command.accepted)
        elif isinstance(command, StartStrategy):
            self.strategies.start(command)
        elif isinstance(command, EngageKillSwitch):
            self.risk.ask(now)
        line = line_of_command(command)
        if line is not None:
            self.journal.write(now, command.link, "sent", line, market_ms=self.market_ms(now))

    def unsent(self, command: Command, reason: str, now: float) -> None:
        """Forget orders that were noted as sent and yet could not leave."""
        for order in orders_of(command):
            self.orders.forget(order.reference)
        text = f"{reason} ({line_of_command(command)})"
        self.journal.write(now, command.link, "refused", text, severity=Severity.WARNING)

    def apply(self, event: Event, now: float) -> None:
        """Take over one event that arrived at `now` (monotonic seconds)."""
        told = isinstance(event, SignalReceived) and self.signals.knows(event.signal)
        self._route(event, now)
        line = None if told else line_of_event(event)
        if line is not None:
            self.journal.write(
                now,
                line.link,
                line.kind,
                line.text,
                severity=line.severity,
                time_ms=line.time_ms,
                market_ms=self.market_ms(now),
            )

    def market_ms(self, at: float) -> int | None:
        """The market's time at a monotonic moment, epoch milliseconds; None before any quote told it.

        Quotes take a moment to arrive, each another one: only a real difference moves the clock.
        """
        told = self.quotes.server_ms
        if told is None:
            return None
        start = told - self.quotes.newest * 1_000
        if self._market_start is None or abs(start - self._market_start) > DRIFT_MS:
            self._market_start = start
        return round(self._market_start + at * 1_000)

    def _route(self, event: Event, now: float) -> None:
        """What streams is asked for first: there is most of it."""
        match event:
            case QuoteUpdated():
                self._see(event, now)
                self.quotes.update(event, now, self.instruments.describe(event.symbol).link)
            case TradePrinted():
                self.books.print_trade(event)
            case DepthUpdated():
                self.books.replace_depth(event, now)
            case PositionProfit():
                self.positions.profit(event)
            case BarUpdated():
                self.candles.update(event, now)
            case IndicatorsUpdated():
                self.candles.indicate(event, now)
            case AccountUpdated():
                self.accounts.update(event.account)
                self.equity.of_account(self.accounts.get(event.account.link), now)
            case _:
                self._route_to_holdings(event, now)

    def _route_to_holdings(self, event: HoldingEvent | OrderEvent | ServiceEvent, now: float) -> None:
        match event:
            case PositionUpdated():
                self._price(event.position)
                self.positions.update(event.position)
            case PositionRemoved():
                self.positions.remove(event)
            case PositionsReplaced():
                for position in event.positions:
                    self._price(position)
                self.positions.replace(event)
            case DealDone():
                self.deals.add(event.deal)
                self.strategies.trade(event.deal)
            case DealsListed():
                self.deals.list(event.link, event.deals)
            case _:
                self._route_to_orders(event, now)

    def _route_to_orders(self, event: OrderEvent | ServiceEvent, now: float) -> None:
        match event:
            case OrderUpdated():
                self._price(event.order)
                self.orders.update(event.order)
                self._tell_revived(now)
            case OrdersReplaced():
                self._replace_orders(event, now)
            case OrderRecalled():
                self.orders.recall(event)
            case OrdersFound():
                self._find_orders(event, now)
            case RequoteOffered():
                self.orders.update(event.order)
                self.requotes.offer(event, now)
            case RequoteEnded():
                self.requotes.end(event)
            case CommandAnswered():
                self.orders.answer(event)
                if not event.accepted:
                    self.reports.refuse(event.reference)
            case CommandLost():
                self.orders.lose(event)
                self.reports.refuse(event.reference)
            case _:
                self._route_to_services(event, now)

    def _route_to_services(self, event: ServiceEvent, now: float) -> None:  # noqa: C901, PLR0912 - an arm each
        match event:
            case LinkChanged():
                self.links.change(event, now)
            case RoundTripMeasured():
                self.links.measure(event)
            case InstrumentsListed():
                self.instruments.replace(event)
            case HistoryLoaded():
                self.candles.load(event, now)
            case StrategiesListed():
                self.strategies.replace(event)
            case StrategyConfigsListed():
                self.strategies.configure(event)
            case StrategyStatusChanged():
                self.strategies.change(event)
            case ExecutionServiceChanged():
                self.strategies.change_execution(event)
            case SignalReceived():
                self.signals.add(event.signal, now)
            case BotUpdated():
                self.bots.update(event.bot, now)
            case RiskUpdated():
                self.risk.update(event.risk, now)
                self.equity.of_risk(event.risk, self.accounts, now)
            case RiskAlertRaised():
                self.risk.alert(event, now)
            case KillSwitchChanged():
                self.risk.switch(event)
            case ReportReceived():
                self.reports.receive(event)
            case NoticeReceived():
                self.signals.fail(event)
            case JournalReceived() | SessionEnded() | UnknownReceived():
                pass
            case _:
                assert_never(event)

    def _see(self, event: QuoteUpdated, now: float) -> None:
        """Know an instrument by its quotes where no link lists it; lists are given time to come first."""
        view = self.links.get(event.link)
        if view is not None and view.ready and now - view.since > LISTS_SECONDS:
            self.instruments.see(event.link, event.symbol, (event.bid, event.ask, event.last))

    def _price(self, held: Order | Position) -> None:
        """Know how many decimals to show of what no link lists: what an account paid for it tells."""
        paid = held.entry_price if isinstance(held, Position) else held.price
        self.instruments.note(held.symbol, paid, held.stop_loss, held.take_profit)

    def _find_orders(self, event: OrdersFound, now: float) -> None:
        for order in self.orders.find(event):
            text = f"the {order.side} order of {order.quantity:g} {order.symbol} is not known to the server"
            self.journal.write(now, event.link, "lost", f"{text}: verify", severity=Severity.ERROR)
        self._tell_revived(now)

    def _replace_orders(self, event: OrdersReplaced, now: float) -> None:
        for order in self.orders.replace(event):
            text = f"order {order.id} {order.symbol} is no longer working and its end was not seen"
            self.journal.write(now, event.link, "order", text, severity=Severity.WARNING)
        self._tell_revived(now)

    def _tell_revived(self, now: float) -> None:
        for order in self.orders.take_revived():
            what = f"the {order.side} order of {order.quantity:g} {order.symbol}"
            text = f"{what} was refused, and yet the server has it: {order.id} {order.status}"
            self.journal.write(now, order.link, "order", text, severity=Severity.ERROR)
