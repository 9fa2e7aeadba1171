"""What the user asks of a link. Frozen; money typed by a person is `Decimal`, never through float.

`reference` is made by the console, unique for each press of a key, and comes back in `CommandAnswered` or
`CommandLost`.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from tui_trader.model.values import OrderKind, Side, TimeInForce


class PlaceOrder(Struct, frozen=True, kw_only=True):
    """Send an order. `deviation_points` is the tolerated slippage of an instant execution, in ticks.

    `time_in_force` None is the account's own default; `expires_ms` (epoch) belongs to GTD. `trailing` is a
    difference of prices: the trigger of a stop follows at it, of others the stop loss of what they open.
    """

    link: str
    symbol: str
    side: Side
    kind: OrderKind
    quantity: Decimal
    reference: str
    price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    trailing: Decimal | None = None
    deviation_points: int | None = None
    time_in_force: TimeInForce | None = None
    expires_ms: int | None = None
    comment: str = ""
    signal: tuple[str, str] | None = None
    """Source and id of the signal whose ticket it was; for the console's own memory, never sent."""


class PlaceOcoOrders(Struct, frozen=True, kw_only=True):
    """Send two orders as one request: both are taken, or none; the first to fill or end cancels the other.

    Each order is answered by its own reference.
    """

    link: str
    symbol: str
    orders: tuple[PlaceOrder, PlaceOrder]

    @property
    def reference(self) -> str:
        """The first order's, which is also the request's."""
        return self.orders[0].reference


class ModifyOrder(Struct, frozen=True, kw_only=True):
    """Change a working order; None leaves a field, zero takes protection away.

    `symbol` is its instrument's, for what is told in other steps than prices.
    """

    link: str
    order_id: str
    reference: str
    symbol: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    trailing: Decimal | None = None


class CancelOrder(Struct, frozen=True, kw_only=True):
    """Cancel one order."""

    link: str
    order_id: str
    reference: str


class ClosePosition(Struct, frozen=True, kw_only=True):
    """Close a position, wholly (`quantity` None) or in part."""

    link: str
    position_id: str
    reference: str
    quantity: Decimal | None = None


class ModifyPosition(Struct, frozen=True, kw_only=True):
    """Change a position's protection; None leaves a field, zero takes it away. `symbol` as for an order."""

    link: str
    position_id: str
    reference: str
    symbol: str = ""
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    trailing: Decimal | None = None


class AnswerRequote(Struct, frozen=True, kw_only=True):
    """Accept or refuse the dealer's offer."""

    link: str
    order_id: str
    accepted: bool
    reference: str


class ListStrategies(Struct, frozen=True, kw_only=True):
    """Ask for all strategies."""

    link: str


class StartStrategy(Struct, frozen=True, kw_only=True):
    """Start a strategy (or resume a paused one). Config keys are the document's; None leaves one out."""

    link: str
    strategy_id: str
    symbols: tuple[str, ...] | None = None
    resolution: str | None = None
    real_trading: bool = False
    max_position_value: Decimal | None = None
    max_orders_per_minute: int | None = None
    stop_loss_percentage: Decimal | None = None
    """A fraction: 0.02 is 2 %."""


class PauseStrategy(Struct, frozen=True, kw_only=True):
    """Pause a strategy."""

    link: str
    strategy_id: str


class StopStrategy(Struct, frozen=True, kw_only=True):
    """Stop a strategy. `close_positions` is for links that said they can (`StrategyConfigsListed`)."""

    link: str
    strategy_id: str
    close_positions: bool = False


class ControlBot(Struct, frozen=True, kw_only=True):
    """`START`, `PAUSE` or `STOP` the bot."""

    link: str
    command: str


class RequestSignal(Struct, frozen=True, kw_only=True):
    """Ask an AI service for a signal now."""

    link: str
    symbol: str
    timeframe: str = "1h"


class EngageKillSwitch(Struct, frozen=True, kw_only=True):
    """Stop everything, flatten, verify."""

    link: str
    reason: str = ""


class ReleaseKillSwitch(Struct, frozen=True, kw_only=True):
    """Allow trading again."""

    link: str


class SetRiskLimits(Struct, frozen=True, kw_only=True):
    """Change the guardian's limits; (name, bound) pairs, names as the guardian has them."""

    link: str
    limits: tuple[tuple[str, Decimal], ...]


class WatchQuotes(Struct, frozen=True, kw_only=True):
    """Stream quotes of these instruments (adds to what is streamed)."""

    link: str
    symbols: tuple[str, ...]


class UnwatchQuotes(Struct, frozen=True, kw_only=True):
    """Stream quotes of these instruments no longer."""

    link: str
    symbols: tuple[str, ...]


class WatchDepth(Struct, frozen=True, kw_only=True):
    """Stream book and trades of one instrument, instead of the one streamed before."""

    link: str
    symbol: str


class WatchBars(Struct, frozen=True, kw_only=True):
    """Load history and stream candles of one series, instead of the one streamed before."""

    link: str
    symbol: str
    timeframe: str
    count: int = 500


class RefreshAccount(Struct, frozen=True, kw_only=True):
    """Ask for account, orders and positions again."""

    link: str


class FindOrders(Struct, frozen=True, kw_only=True):
    """Ask what became of orders by their references, ended ones too."""

    link: str
    references: tuple[str, ...]


class RequestReport(Struct, frozen=True, kw_only=True):
    """Ask for a report of the account's last day: `statement`, `trades` or `orders`, as `html` or `csv`."""

    link: str
    kind: str
    reference: str
    format: str = "csv"


Command = (
    PlaceOrder
    | PlaceOcoOrders
    | ModifyOrder
    | CancelOrder
    | ClosePosition
    | ModifyPosition
    | AnswerRequote
    | ListStrategies
    | StartStrategy
    | PauseStrategy
    | StopStrategy
    | ControlBot
    | RequestSignal
    | EngageKillSwitch
    | ReleaseKillSwitch
    | SetRiskLimits
    | WatchQuotes
    | UnwatchQuotes
    | WatchDepth
    | WatchBars
    | RefreshAccount
    | FindOrders
    | RequestReport
)


def orders_of(command: Command) -> tuple[PlaceOrder, ...]:
    """The orders that a command sends."""
    if isinstance(command, PlaceOcoOrders):
        return command.orders
    return (command,) if isinstance(command, PlaceOrder) else ()
