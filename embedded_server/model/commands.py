"""What can be asked of the engine: imperative, frozen, journalled before they are acknowledged.

`Engine.submit` answers each with `Accepted` or `Refused`; a later rejection of an accepted order is an event.
"""

from __future__ import annotations

from msgspec import Struct

from embedded_server.model.enums import OrderKind, Reason, RefusalCode, Resolution, Side, TimeInForce
from embedded_server.model.events import BotTradeFailed, ExecutionServiceChanged, MarginCalled, SessionChanged
from embedded_server.model.risk import RiskLimits
from embedded_server.model.states import StrategyConfig


class Accepted(Struct, frozen=True):
    """The command was carried out or queued. `id` is what it concerns, if anything."""

    id: int | str | None = None


class Refused(Struct, frozen=True):
    """The command changed nothing. `field` names the offending field of the command when there is one."""

    code: RefusalCode
    message: str
    field: str | None = None


Outcome = Accepted | Refused


class PlaceOrder(Struct, frozen=True, kw_only=True, tag=True):
    """Send an order. Prices in ticks, quantity in lots, times in ns.

    `oco_group`: when one order of the group fills or is canceled, the others are canceled.
    `position_id`: on a hedging account, close (part of) that position instead of opening one.
    `deviation_ticks`: instant execution at `price` with that tolerance (forex market orders); None fills at
    market.
    """

    account: str
    instrument: str
    side: Side
    kind: OrderKind
    lots: int
    price: int | None = None
    stop_price: int | None = None
    stop_loss: int | None = None
    take_profit: int | None = None
    trailing_ticks: int | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: int | None = None
    reduce_only: bool = False
    deviation_ticks: int | None = None
    position_id: int | None = None
    oco_group: str | None = None
    leverage: int | None = None
    reason: Reason = Reason.CLIENT
    strategy: str | None = None
    signal_id: str | None = None
    reference: str | None = None
    comment: str | None = None
    channel: str = "api"


class PlaceOcoOrders(Struct, frozen=True, kw_only=True, tag=True):
    """Send orders in one instrument that wait together: the first that fills or ends cancels the others.

    All of them are taken, or none. Each must wait (a limit away from the market, a stop), so that no leg can
    fill before the others stand. `oco_group` is theirs, `oco-` and the first order's id unless given.
    Their ids follow one another; the outcome has the first.
    """

    account: str
    orders: tuple[PlaceOrder, ...]
    oco_group: str | None = None


class ModifyOrder(Struct, frozen=True, kw_only=True, tag=True):
    """Change a working order. Fields left None stay; to remove a stop loss or take profit send 0."""

    account: str
    order_id: int
    lots: int | None = None
    price: int | None = None
    stop_price: int | None = None
    stop_loss: int | None = None
    take_profit: int | None = None
    trailing_ticks: int | None = None
    expires_at: int | None = None
    comment: str | None = None


class CancelOrder(Struct, frozen=True, kw_only=True, tag=True):
    """Cancel a working, dealing or requoted order."""

    account: str
    order_id: int
    reason: Reason = Reason.CLIENT


class AnswerRequote(Struct, frozen=True, kw_only=True, tag=True):
    """Accept or refuse the dealer's offer. Answering an offer twice is refused with OFFER_GONE."""

    account: str
    order_id: int
    accepted: bool


class ModifyPosition(Struct, frozen=True, kw_only=True, tag=True):
    """Change a position's protection. None leaves a field, 0 removes it."""

    account: str
    position_id: int
    stop_loss: int | None = None
    take_profit: int | None = None
    trailing_ticks: int | None = None
    comment: str | None = None


class ClosePosition(Struct, frozen=True, kw_only=True, tag=True):
    """Close a position at market, wholly (`lots` None) or in part."""

    account: str
    position_id: int
    lots: int | None = None
    reason: Reason = Reason.CLIENT
    channel: str = "api"


class StartStrategy(Struct, frozen=True, kw_only=True, tag=True):
    """Start a stopped strategy, or resume a paused one; a config is applied when given."""

    strategy_id: str
    config: StrategyConfig | None = None


class PauseStrategy(Struct, frozen=True, kw_only=True, tag=True):
    """Stop a strategy from sending orders; its positions and stop losses stay."""

    strategy_id: str


class StopStrategy(Struct, frozen=True, kw_only=True, tag=True):
    """Stop a strategy. `close_positions` sells what it holds."""

    strategy_id: str
    close_positions: bool = False


class ControlBot(Struct, frozen=True, kw_only=True, tag=True):
    """`START`, `PAUSE` or `STOP` the bot."""

    command: str


class RequestSignal(Struct, frozen=True, kw_only=True, tag=True):
    """Compute an AI signal now; it arrives as `AiSignalGenerated`."""

    instrument: str
    timeframe: Resolution = Resolution.H1


class SetRiskLimits(Struct, frozen=True, kw_only=True, tag=True):
    """Replace the guardian's limits."""

    limits: RiskLimits


class EngageKillSwitch(Struct, frozen=True, kw_only=True, tag=True):
    """Pause every strategy and the bot, cancel every order, close every position, verify, report."""

    reason: str = ""


class ReleaseKillSwitch(Struct, frozen=True, kw_only=True, tag=True):
    """Allow orders again. What was paused stays paused."""


class RequestReport(Struct, frozen=True, kw_only=True, tag=True):
    """Ask for a report of the account over [start, end)."""

    account: str
    kind: str
    start: int
    end: int


class RecordActivity(Struct, frozen=True, kw_only=True, tag=True):
    """Write a line into an account's activity log (a login, a logout)."""

    account: str
    description: str
    channel: str = "api"


class MovePrice(Struct, frozen=True, kw_only=True, tag=True):
    """Shift a fair price by a fraction (0.01 = +1 %); the book follows with real trades. For tests."""

    instrument: str
    fraction: float


class ForceRequote(Struct, frozen=True, kw_only=True, tag=True):
    """Make the dealer requote the next `count` instant executions whatever the price did. For tests."""

    count: int = 1
    ticks: int = 3
    """How far against the client the offer is, in ticks."""


class RaiseEvent(Struct, frozen=True, kw_only=True, tag=True):
    """Let an event be told as if it had happened now; the market does not change. For tests."""

    event: MarginCalled | SessionChanged | BotTradeFailed | ExecutionServiceChanged
    """Its `time` is replaced by the present."""


AccountCommand = (
    PlaceOrder | PlaceOcoOrders | ModifyOrder | CancelOrder | AnswerRequote | ModifyPosition | ClosePosition
)
"""What one account carries out."""

Command = (
    AccountCommand
    | StartStrategy
    | PauseStrategy
    | StopStrategy
    | ControlBot
    | RequestSignal
    | SetRiskLimits
    | EngageKillSwitch
    | ReleaseKillSwitch
    | RequestReport
    | RecordActivity
    | MovePrice
    | ForceRequote
    | RaiseEvent
)
