"""What happened: past tense, frozen, in order. Everything a protocol sends is projected from these.

Every event has `time` (virtual ns). An event carries the whole new state of what it is about, so that a
projection needs no memory. Price changes of open positions are not events: façades read marked positions
from the accounts when a `QuoteChanged` of their instrument passes.
"""

from __future__ import annotations

from msgspec import Struct

from embedded_server.model.enums import Reason, Resolution, Side
from embedded_server.model.risk import KillSwitchReport, RiskAlert, RiskLimits
from embedded_server.model.states import (
    AiSignal,
    Bar,
    BotState,
    DealState,
    JournalEntry,
    LedgerEntry,
    OrderState,
    PositionState,
    Quote,
    ReportState,
    StrategySignal,
    StrategyState,
)


class Event(Struct, frozen=True, kw_only=True, tag=True):
    """Root of the union; `time` is virtual nanoseconds since the epoch."""

    time: int


class QuoteChanged(Event, frozen=True):
    """Best bid, ask, their sizes or the last price changed (once per instrument and market step)."""

    quote: Quote


class DepthChanged(Event, frozen=True):
    """The book of an instrument changed below or at the top; read it with `Market.depth`."""

    instrument: str


class TradePrinted(Event, frozen=True):
    """A trade on the book. `side` is the aggressor's."""

    instrument: str
    trade_id: int
    price: int
    lots: int
    side: Side


class BarClosed(Event, frozen=True):
    """A candle is complete. Indicator values on it: `Analysis.indicators`."""

    instrument: str
    resolution: Resolution
    bar: Bar


class SessionChanged(Event, frozen=True):
    """Trading in an instrument opened or closed."""

    instrument: str
    open: bool


class OrderPlaced(Event, frozen=True):
    """An order was accepted: it works, waits for its trigger, or is with the dealer."""

    order: OrderState


class OrderModified(Event, frozen=True):
    """A working order changed: by its owner, by its trigger (`order.triggered`), by a trailing stop."""

    order: OrderState


class OrderRequoted(Event, frozen=True):
    """The dealer offers `order.offer_price` until `order.offer_expires_at`."""

    order: OrderState


class OrderFilled(Event, frozen=True):
    """A fill, partial or last (`order.status` tells)."""

    order: OrderState
    deal: DealState


class OrderCanceled(Event, frozen=True):
    """The order ended unfilled or part-filled by its owner, its OCO sibling, IOC, or the kill switch."""

    order: OrderState
    reason: Reason


class OrderExpired(Event, frozen=True):
    """The order's time, or its last requote, ran out."""

    order: OrderState


class OrderRejected(Event, frozen=True):
    """The order was refused after it was received (`order.refusal` says why)."""

    order: OrderState


class PositionOpened(Event, frozen=True):
    """A new position."""

    position: PositionState


class PositionChanged(Event, frozen=True):
    """Size, protection or swap of a position changed (not its price)."""

    position: PositionState


class PositionClosed(Event, frozen=True):
    """Nothing of the position is left; `position.realised_micros` is its result before fees and swap."""

    position: PositionState
    reason: Reason


class LedgerPosted(Event, frozen=True):
    """The balance of an account moved."""

    entry: LedgerEntry


class MarginCalled(Event, frozen=True):
    """Margin level fell to the margin-call level."""

    account: str
    margin_level_percent: float


class StrategyStarted(Event, frozen=True):
    """A strategy is active."""

    strategy: StrategyState


class StrategyPaused(Event, frozen=True):
    """A strategy is paused."""

    strategy: StrategyState


class StrategyStopped(Event, frozen=True):
    """A strategy is stopped."""

    strategy: StrategyState


class StrategyFailed(Event, frozen=True):
    """A strategy stopped itself with an error."""

    strategy: StrategyState


class StrategySignalled(Event, frozen=True):
    """A strategy decided to trade; its order, if one was allowed, follows."""

    signal: StrategySignal


class ExecutionServiceChanged(Event, frozen=True):
    """The service that carries out strategies' orders runs, or stopped (kill switch)."""

    running: bool


class AiSignalGenerated(Event, frozen=True):
    """The AI service published a signal. `requested` when somebody asked for it."""

    signal: AiSignal
    requested: bool = False


class BotStatusChanged(Event, frozen=True):
    """The bot's status changed."""

    bot: BotState


class BotTradeFailed(Event, frozen=True):
    """The bot could not carry out a signal (bot-core.md, 8. Error)."""

    instrument: str
    message: str
    required_micros: int
    available_micros: int
    signal_id: str | None = None


class RiskAlertRaised(Event, frozen=True):
    """A limit came near or was passed."""

    alert: RiskAlert


class RiskLimitsChanged(Event, frozen=True):
    """Somebody replaced the limits."""

    limits: RiskLimits


class KillSwitchChanged(Event, frozen=True):
    """Engaged (once when it acts, once more when verified) or released."""

    report: KillSwitchReport


class ActivityRecorded(Event, frozen=True):
    """A line of an account's activity log."""

    entry: JournalEntry


class ReportPrepared(Event, frozen=True):
    """A report is ready, or failed."""

    report: ReportState
