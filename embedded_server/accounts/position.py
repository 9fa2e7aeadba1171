"""One open position and its exact arithmetic: what its lots cost, and what they are worth.

Average cost: a partial close takes its share of the cost, the last close takes what is left, so that no
micro-unit is lost.
"""

from __future__ import annotations

from embedded_server.accounts.rounding import nearest
from embedded_server.model.enums import PositionStatus, Side
from embedded_server.model.errors import EngineFault
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import OrderState, PositionState


class Position:
    """A position while it lives. Cost in micro-units of the quote currency, the rest in the account's."""

    __slots__ = (
        "account",
        "closed_at",
        "closing",
        "comment",
        "cost",
        "entry_price",
        "fees",
        "id",
        "initial_lots",
        "instrument",
        "leverage",
        "liquidation_price",
        "lots",
        "margin",
        "opened_at",
        "realised",
        "reason",
        "side",
        "signal_id",
        "stop_loss",
        "strategy",
        "swap",
        "swap_open",
        "take_profit",
        "tick_value",
        "trailed",
        "trailing_ticks",
        "updated_at",
    )

    def __init__(
        self, number: int, order: OrderState, instrument: Instrument, *, leverage: int, now: int
    ) -> None:
        self.id = number
        self.account = order.account
        self.instrument = instrument
        self.tick_value = instrument.tick_value_micros
        """Micro-units of the quote currency that a tick is worth to one lot."""
        self.side = order.side
        self.leverage = leverage
        self.lots = 0
        self.initial_lots = 0
        self.cost = 0
        self.entry_price = 0.0
        self.margin = 0
        self.liquidation_price: int | None = None
        self.realised = 0
        self.fees = 0
        self.swap = 0
        self.swap_open = 0
        """Swap not yet attributed to a closing deal."""
        self.stop_loss: int | None = None
        self.take_profit: int | None = None
        self.trailing_ticks: int | None = None
        self.trailed = False
        """Whether the trailing stop has set the present stop loss."""
        self.closing = False
        """A protective close is scheduled; its triggers rest until that was tried."""
        self.strategy = order.strategy
        self.signal_id = order.signal_id
        self.reason = order.reason
        self.comment = order.comment
        self.opened_at = now
        self.updated_at = now
        self.closed_at: int | None = None

    @property
    def protected(self) -> bool:
        """Whether a price can close it."""
        return self.stop_loss is not None or self.take_profit is not None or self.trailing_ticks is not None

    def increase(self, lots: int, price: int, margin: int) -> None:
        """Add lots at a price."""
        self.lots += lots
        self.initial_lots = max(self.initial_lots, self.lots)
        self.cost += self.instrument.notional_micros(price, lots)
        self.margin += margin
        self.entry_price = self.cost / (self.lots * self.instrument.tick_value_micros)

    def reduce(self, lots: int, price: int) -> int:
        """Take lots away at a price; their profit in micro-units of the quote currency."""
        if not 0 < lots <= self.lots:
            raise EngineFault(f"position {self.id} has {self.lots} lots and cannot give {lots}")
        cost = nearest(self.cost * lots, self.lots)
        self.margin -= nearest(self.margin * lots, self.lots)
        self.cost -= cost
        self.lots -= lots
        return self.side.sign * (self.instrument.notional_micros(price, lots) - cost)

    def take_swap(self, lots_before: int) -> int:
        """The swap that belongs to the lots just closed, of `lots_before` that were open."""
        share = self.swap_open - nearest(self.swap_open * self.lots, lots_before)
        self.swap_open -= share
        return share

    def profit_at(self, mark: int) -> int:
        """Unrealised profit at a price, in micro-units of the quote currency."""
        value = mark * self.lots * self.tick_value
        return value - self.cost if self.side is Side.BUY else self.cost - value

    def state(self, mark: int, unrealised: int) -> PositionState:
        """The position at this instant, valued at `mark`."""
        return PositionState(
            id=self.id,
            account=self.account,
            instrument=self.instrument.key,
            side=self.side,
            status=PositionStatus.OPEN if self.lots else PositionStatus.CLOSED,
            lots=self.lots,
            initial_lots=self.initial_lots,
            entry_price=self.entry_price,
            cost_micros=self.cost,
            mark=mark,
            unrealised_micros=unrealised,
            realised_micros=self.realised,
            swap_micros=self.swap,
            fees_micros=self.fees,
            margin_micros=self.margin,
            leverage=self.leverage,
            liquidation_price=self.liquidation_price,
            stop_loss=self.stop_loss,
            take_profit=self.take_profit,
            trailing_ticks=self.trailing_ticks,
            strategy=self.strategy,
            signal_id=self.signal_id,
            reason=self.reason,
            comment=self.comment,
            opened_at=self.opened_at,
            updated_at=self.updated_at,
            closed_at=self.closed_at,
        )

    def protect(self, order: OrderState, trailing: int | None) -> None:
        """Take over an order's stop loss, take profit and trailing distance, as far as it has them."""
        if order.stop_loss is not None:
            self.stop_loss, self.trailed = order.stop_loss, False
        if order.take_profit is not None:
            self.take_profit = order.take_profit
        if trailing is not None:
            self.trailing_ticks = trailing
