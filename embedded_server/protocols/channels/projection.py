"""Engine states to the channels API's objects. Pure; the exchange has one name, the spot account's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from msgspec import UNSET

from embedded_server.accounts.venues import DOCUMENTED
from embedded_server.kernel.time import to_milliseconds
from embedded_server.model.enums import OrderKind, OrderStatus, Side, TimeInForce
from embedded_server.model.events import TradePrinted
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import DayStatistics, DepthLevel, OrderState, PositionState, Quote
from embedded_server.protocols.channels import messages
from embedded_server.protocols.wire_numbers import Precision, Precisions, fee

ACCOUNT = "spot"
EXCHANGE = "binance"
"""The document's name for the one exchange there is."""

FEE_RATE = next(venue.taker_fee_ppm for venue in DOCUMENTED if venue.account == ACCOUNT) / 1_000_000

STATUSES = {
    OrderStatus.NEW: "open",
    OrderStatus.WORKING: "open",
    OrderStatus.DEALING: "open",
    OrderStatus.REQUOTED: "open",
    OrderStatus.PARTIALLY_FILLED: "partially_filled",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.REJECTED: "rejected",
    OrderStatus.EXPIRED: "expired",
}

SIDES = {Side.BUY: "long", Side.SELL: "short"}


class Projection:
    """Projects the spot market and account."""

    def __init__(self, instruments: Mapping[str, Instrument]) -> None:
        self._precisions = Precisions(instruments.values())

    def market_data(self, quote: Quote, day: DayStatistics) -> messages.MarketData:
        """channels.md, Market Data Channel."""
        exact = self._precisions[quote.instrument]
        timestamp = to_milliseconds(quote.time)
        data = messages.Ticker(
            price=exact.price(quote.last),
            volume=exact.quantity(day.lots),
            timestamp=timestamp,
            bid=exact.price(quote.bid),
            ask=exact.price(quote.ask),
            high=exact.price(day.high),
            low=exact.price(day.low),
        )
        return messages.MarketData("ticker", EXCHANGE, exact.instrument.symbol, data, timestamp)

    def orderbook(
        self, key: str, bids: Sequence[DepthLevel], asks: Sequence[DepthLevel], time: int
    ) -> messages.Orderbook:
        """channels.md, Orderbook Channel."""
        exact = self._precisions[key]
        timestamp = to_milliseconds(time)
        data = messages.Book(
            bids=[(exact.price(level.price), exact.quantity(level.lots)) for level in bids],
            asks=[(exact.price(level.price), exact.quantity(level.lots)) for level in asks],
            timestamp=timestamp,
        )
        return messages.Orderbook(EXCHANGE, exact.instrument.symbol, data, timestamp)

    def trade(self, event: TradePrinted) -> messages.Trades:
        """channels.md, Trades Channel."""
        exact = self._precisions[event.instrument]
        timestamp = to_milliseconds(event.time)
        data = messages.Trade(
            id=str(event.trade_id),
            price=exact.price(event.price),
            amount=exact.quantity(event.lots),
            side=event.side.value,
            timestamp=timestamp,
        )
        return messages.Trades(EXCHANGE, exact.instrument.symbol, data, timestamp)

    def order(self, state: OrderState) -> messages.Order:
        """channels.md, Orders Channel."""
        exact = self._precisions[state.instrument]
        average = exact.average(state.filled_value / state.filled_lots) if state.filled_lots else None
        price, cost = _price_and_cost(exact, state, average)
        return messages.Order(
            id=str(state.id),
            symbol=exact.instrument.symbol,
            exchange=EXCHANGE,
            timestamp=to_milliseconds(state.updated_at),
            type=state.kind.value,
            side=state.side.value,
            amount=exact.quantity(state.lots),
            price=price,
            cost=cost,
            filled=exact.quantity(state.filled_lots),
            remaining=exact.quantity(state.remaining_lots),
            status=STATUSES[state.status],
            fee=messages.Fee(fee(state.fees_micros), exact.instrument.quote, FEE_RATE),
            average=UNSET if average is None else average,
            stop_price=exact.price(state.stop_price) if state.stop_price else UNSET,
            stop_loss=exact.price(state.stop_loss) if state.stop_loss else UNSET,
            take_profit=exact.price(state.take_profit) if state.take_profit else UNSET,
            client_order_id=state.reference or UNSET,
            reason=state.refusal or UNSET,
            trailing_distance=exact.price(state.trailing_ticks) if state.trailing_ticks else UNSET,
            oco_group=state.oco_group or UNSET,
            time_in_force=UNSET if state.time_in_force is TimeInForce.GTC else state.time_in_force.value,
            expires_at=UNSET if state.expires_at is None else to_milliseconds(state.expires_at),
        )

    def position(self, state: PositionState, time: int) -> messages.Position:
        """channels.md, Positions Channel; `time` is when it was valued, ns."""
        exact = self._precisions[state.instrument]
        return messages.Position(
            symbol=exact.instrument.symbol,
            exchange=EXCHANGE,
            timestamp=to_milliseconds(time),
            type="spot",
            side=SIDES[state.side],
            amount=exact.quantity(state.lots),
            cost=fee(state.cost_micros),
            average_price=exact.average(state.entry_price),
            unrealized_pnl=fee(state.unrealised_micros),
            unrealized_pnl_percentage=_percent(state.unrealised_micros, state.cost_micros),
            liquidation_price=exact.price_or_none(state.liquidation_price),
            stop_loss=exact.price_or_none(state.stop_loss),
            take_profit=exact.price_or_none(state.take_profit),
            trailing_stop=_trailing_percent(state),
        )

    def orders(self, state: OrderState, event: str, time: int) -> messages.Orders:
        """An order in its channel's envelope."""
        data = self.order(state)
        return messages.Orders(EXCHANGE, data.symbol, event, data, to_milliseconds(time))

    def positions(self, state: PositionState, event: str, time: int) -> messages.Positions:
        """A position in its channel's envelope."""
        data = self.position(state, time)
        return messages.Positions(EXCHANGE, data.symbol, event, data, to_milliseconds(time))


def trailing_ticks(entry_price: float, percent: Decimal) -> int:
    """A trailing stop's percentage of the average price (in ticks) as a distance in ticks, at least one."""
    return max(1, round(Decimal(repr(entry_price)) * percent / 100))


def _price_and_cost(
    exact: Precision, state: OrderState, average: float | None
) -> tuple[float | None, float | None]:
    """The limit and what the whole amount costs at it; for orders without a limit the average paid."""
    if state.price is not None and state.kind in {OrderKind.LIMIT, OrderKind.STOP_LIMIT}:
        return exact.price(state.price), fee(exact.instrument.notional_micros(state.price, state.lots))
    if average is None:
        return None, None
    paid = state.filled_value * exact.instrument.tick_value_micros
    return average, fee(round(paid * state.lots / state.filled_lots))


def _percent(part: int, whole: int) -> float:
    if not whole:
        return 0.0
    exact = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return float(exact) + 0.0


def _trailing_percent(state: PositionState) -> float | None:
    """With as few decimals, from two, as give back the very distance."""
    if not state.trailing_ticks or not state.entry_price:
        return None
    percent = 100 * state.trailing_ticks / state.entry_price
    for digits in range(2, 12):
        rounded = round(percent, digits)
        if trailing_ticks(state.entry_price, Decimal(repr(rounded))) == state.trailing_ticks:
            return rounded
    return percent
