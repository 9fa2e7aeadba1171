"""What arrived, in the console's own words. Codecs make them, the store consumes them; text is sanitised.

`link` is the name of the link an event came by. `symbol` is the console's instrument key.
"""

from __future__ import annotations

from msgspec import Struct

from tui_trader.model.commands import PlaceOrder
from tui_trader.model.values import (
    Account,
    Bar,
    Bot,
    Deal,
    Instrument,
    LinkState,
    Order,
    Position,
    Risk,
    Severity,
    Side,
    Signal,
    Strategy,
    StrategyConfig,
)


class LinkChanged(Struct, frozen=True):
    """A link changed state. `attempt` counts reconnects; `retry_seconds` is the wait before the next.

    `takeover`: in CONFLICT, that the server can displace whoever holds the session.
    """

    link: str
    state: LinkState
    detail: str = ""
    attempt: int = 0
    retry_seconds: float | None = None
    takeover: bool = False


class RoundTripMeasured(Struct, frozen=True):
    """A heartbeat was answered."""

    link: str
    seconds: float


class InstrumentsListed(Struct, frozen=True):
    """A link told what it trades; replaces what that link listed before."""

    link: str
    instruments: tuple[Instrument, ...]


class QuoteUpdated(Struct, frozen=True, gc=False, kw_only=True):
    """Top of book and day figures; None fields are unchanged, a price of zero says that there is none."""

    link: str
    symbol: str
    bid: float | None = None
    ask: float | None = None
    last: float | None = None
    bid_size: float | None = None
    ask_size: float | None = None
    change_percent: float | None = None
    volume: float | None = None
    high: float | None = None
    low: float | None = None
    time_ms: int | None = None


class TradePrinted(Struct, frozen=True, gc=False):
    """A public trade; `side` is the aggressor's."""

    link: str
    symbol: str
    price: float
    size: float
    side: Side
    time_ms: int | None = None


class DepthUpdated(Struct, frozen=True):
    """A whole book as far as it was sent: (price, size) pairs, best first."""

    link: str
    symbol: str
    bids: tuple[tuple[float, float], ...]
    asks: tuple[tuple[float, float], ...]
    time_ms: int | None = None


class BarUpdated(Struct, frozen=True):
    """A candle, forming or closed. `timeframe` is the console's spelling: 1m 5m 15m 30m 1h 4h 1d 1w 1M."""

    link: str
    symbol: str
    timeframe: str
    bar: Bar
    closed: bool = False


class HistoryLoaded(Struct, frozen=True):
    """Past candles, oldest first; the last may still be forming."""

    link: str
    symbol: str
    timeframe: str
    bars: tuple[Bar, ...]


class IndicatorsUpdated(Struct, frozen=True):
    """Server-side indicator values for a candle, as (name, value) pairs."""

    link: str
    symbol: str
    timeframe: str
    time_ms: int
    values: tuple[tuple[str, float], ...]


class OrderUpdated(Struct, frozen=True):
    """An order as the server now has it."""

    order: Order


class OrdersReplaced(Struct, frozen=True):
    """The complete list of a link's working orders (a snapshot after connecting)."""

    link: str
    orders: tuple[Order, ...]


class OrderRecalled(Struct, frozen=True):
    """An earlier console sent this order, or was about to, and saw no outcome; `at_ms` is wall-clock."""

    link: str
    order: PlaceOrder
    at_ms: int


class OrdersFound(Struct, frozen=True):
    """What a link tells of orders it was asked for by reference; what it does not know is missing."""

    link: str
    asked: tuple[str, ...]
    orders: tuple[Order, ...]


class RequoteOffered(Struct, frozen=True, kw_only=True):
    """The dealer offers `order.offer_price` instead of `old_price`, for `valid_seconds` from arrival."""

    order: Order
    old_price: float | None
    valid_seconds: float


class RequoteEnded(Struct, frozen=True):
    """An offer was answered, ran out or was withdrawn; `detail` says which in a sentence."""

    link: str
    order_id: str
    detail: str


class PositionUpdated(Struct, frozen=True):
    """A position as the server now has it."""

    position: Position


class PositionProfit(Struct, frozen=True, gc=False):
    """Only the result of a position changed."""

    link: str
    id: str
    unrealised: float


class PositionRemoved(Struct, frozen=True):
    """A position is closed."""

    link: str
    id: str
    symbol: str = ""


class PositionsReplaced(Struct, frozen=True):
    """The complete list of a link's open positions."""

    link: str
    positions: tuple[Position, ...]


class DealDone(Struct, frozen=True):
    """An execution."""

    deal: Deal


class DealsListed(Struct, frozen=True):
    """Past executions of a link, oldest first."""

    link: str
    deals: tuple[Deal, ...]


class AccountUpdated(Struct, frozen=True):
    """Account totals."""

    account: Account


class StrategiesListed(Struct, frozen=True):
    """All strategies of a link, with their positions."""

    link: str
    strategies: tuple[Strategy, ...]


class StrategyConfigsListed(Struct, frozen=True):
    """What bounds the strategies of a link now, and whether stopping one can close what it holds."""

    link: str
    configs: tuple[StrategyConfig, ...]
    stop_closes_positions: bool = False


class StrategyStatusChanged(Struct, frozen=True):
    """One strategy started, paused or stopped. `symbols` is None where the message does not say."""

    link: str
    id: str
    name: str
    status: str
    symbols: tuple[str, ...] | None = None


class ExecutionServiceChanged(Struct, frozen=True):
    """The orchestrator's execution service: RUNNING or STOPPED."""

    link: str
    status: str


class SignalReceived(Struct, frozen=True):
    """A signal from a strategy or an AI service."""

    signal: Signal


class BotUpdated(Struct, frozen=True):
    """Bot status."""

    bot: Bot


class RiskUpdated(Struct, frozen=True):
    """The guardian's figures."""

    risk: Risk


class RiskAlertRaised(Struct, frozen=True, kw_only=True):
    """A figure came near its limit or passed it; `value` and `limit` as the rule measures them."""

    link: str
    severity: Severity
    rule: str
    text: str
    account: str = ""
    value: float | None = None
    limit: float | None = None


class KillSwitchChanged(Struct, frozen=True):
    """Engaged, verified or released; `lines` tell what was done, in order."""

    link: str
    engaged: bool
    verified: bool
    lines: tuple[str, ...] = ()


class NoticeReceived(Struct, frozen=True):
    """Something to tell the user: server errors, information, alerts, refusals."""

    link: str
    severity: Severity
    text: str
    code: str = ""
    symbol: str = ""
    """The instrument that it is about, where the server says."""
    time_ms: int | None = None


class JournalReceived(Struct, frozen=True):
    """A line of the server's own activity log."""

    link: str
    text: str
    time_ms: int | None = None


class ReportReceived(Struct, frozen=True):
    """A report that was asked for, as a file: a base name and its bytes."""

    link: str
    name: str
    content: bytes


class SessionEnded(Struct, frozen=True):
    """The server logged this session out, or refuses it because it is in use elsewhere."""

    link: str
    detail: str


class CommandAnswered(Struct, frozen=True, kw_only=True):
    """A request was accepted or refused (its outcome is an order event). `reference` is the command's."""

    link: str
    reference: str
    accepted: bool
    order_id: str = ""
    detail: str = ""


class CommandLost(Struct, frozen=True):
    """The answer to a command never came: its outcome is unknown."""

    link: str
    reference: str
    detail: str


class UnknownReceived(Struct, frozen=True):
    """A message of a type this console does not know; kept in the journal, otherwise ignored."""

    link: str
    kind: str
    text: str


StreamEvent = (
    QuoteUpdated
    | TradePrinted
    | DepthUpdated
    | PositionProfit
    | BarUpdated
    | IndicatorsUpdated
    | AccountUpdated
)
"""What comes without end."""
HoldingEvent = PositionUpdated | PositionRemoved | PositionsReplaced | DealDone | DealsListed
OrderEvent = (
    OrderUpdated
    | OrdersReplaced
    | OrderRecalled
    | OrdersFound
    | RequoteOffered
    | RequoteEnded
    | CommandAnswered
    | CommandLost
)
ServiceEvent = (
    LinkChanged
    | RoundTripMeasured
    | InstrumentsListed
    | HistoryLoaded
    | StrategiesListed
    | StrategyConfigsListed
    | StrategyStatusChanged
    | ExecutionServiceChanged
    | SignalReceived
    | BotUpdated
    | RiskUpdated
    | RiskAlertRaised
    | KillSwitchChanged
    | ReportReceived
    | NoticeReceived
    | JournalReceived
    | SessionEnded
    | UnknownReceived
)
Event = StreamEvent | HoldingEvent | OrderEvent | ServiceEvent
