"""What a fill does: the deal, the order's step, the position and the ledger, told in the order they happened.

Called while a book may be matching: nothing here sends or cancels an order.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from embedded_server.accounts.books import Books
from embedded_server.accounts.margin import initial_margin, liquidation_price, tier_of
from embedded_server.accounts.order import Order
from embedded_server.accounts.past import Past
from embedded_server.accounts.position import Position
from embedded_server.accounts.rounding import fee
from embedded_server.accounts.venues import Margining
from embedded_server.model.enums import Direction, LedgerKind, Liquidity, OrderKind
from embedded_server.model.errors import EngineFault
from embedded_server.model.events import OrderFilled, PositionChanged, PositionClosed, PositionOpened
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import DealState


class Fill(Struct, frozen=True):
    """One match of one order, as the market or the dealer reports it."""

    order: Order
    price: int
    lots: int
    liquidity: Liquidity


class Settlement:
    """Books the fills of one account."""

    def __init__(self, books: Books) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._venue = books.venue
        self._identities = books.identities
        self._conversion = books.conversion
        self._positions = books.positions
        self._ledger = books.ledger
        self._valuation = books.valuation
        self.deals: Past[DealState] = Past()

    def book(self, fill: Fill) -> None:
        """Book a fill; one that turns a netting position round is two deals.

        What a reduce-only order has nothing left to reduce with goes to the venue: within one match another
        order can have closed the position before it, and the taker has been served.
        """
        order, lots = fill.order, fill.lots
        position = self._positions.touched(order)
        if position is not None and position.side is not order.state.side:
            closing = min(lots, position.lots)
            self._close(replace(fill, lots=closing), position)
            lots -= closing
            position = None
        if not lots:
            return
        if self._positions.closes(order.state):
            if self._venue.hedging or self._venue.margining is Margining.CASH:
                raise EngineFault(f"order {order.id} would sell {lots} lots that are not held")
            return
        self._open(replace(fill, lots=lots), position)

    def _open(self, fill: Fill, position: Position | None) -> None:
        order, now = fill.order, self._simulation.now
        instrument = self._market.instruments[order.state.instrument]
        opened = position is None
        first = opened or not order.state.filled_lots
        if position is None:
            number = self._identities.position()
            position = Position(number, order.state, instrument, leverage=order.leverage, now=now)
        value = self._value(fill, instrument)
        charged = self._fee(value, fill.liquidity)
        margin = 0 if self._venue.margining is Margining.CASH else initial_margin(value, position.leverage)
        position.increase(fill.lots, fill.price, margin)
        position.fees += charged
        position.updated_at = now
        self._set_liquidation_price(position)
        if first:
            stop = order.state.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
            position.protect(order.state, None if stop else order.state.trailing_ticks)
        if opened:
            self._positions.add(position)
            order.opened = position.id
        self._book(order, replace(self._deal(fill, position, Direction.IN), fee_micros=charged))
        event = PositionOpened if opened else PositionChanged
        self._simulation.emit(event(time=now, position=self._valuation.state(position)))

    def _close(self, fill: Fill, position: Position) -> None:
        order, now, instrument = fill.order, self._simulation.now, position.instrument
        deal = self._deal(fill, position, Direction.OUT)
        before, margin = position.lots, position.margin
        profit = self._conversion.convert(position.reduce(fill.lots, fill.price), instrument, fill.price)
        charged = self._fee(self._value(fill, instrument), fill.liquidity)
        swap = position.take_swap(before)
        position.realised += profit
        position.fees += charged
        position.updated_at = now
        self._set_liquidation_price(position)
        self._book(order, replace(deal, profit_micros=profit, fee_micros=charged, swap_micros=swap))
        if self._venue.margining is Margining.ISOLATED:
            self._insure(deal, profit, margin - position.margin)
        if position.lots:
            self._simulation.emit(PositionChanged(time=now, position=self._valuation.state(position)))
            return
        position.closed_at = now
        last = position.state(fill.price, 0)
        self._positions.close(position, last)
        self._simulation.emit(PositionClosed(time=now, position=last, reason=order.state.reason))

    def _book(self, order: Order, deal: DealState) -> None:
        order.fill(deal.price, deal.lots, deal.fee_micros, self._simulation.now)
        self.deals.add(deal)
        self._simulation.emit(OrderFilled(time=self._simulation.now, order=order.state, deal=deal))
        self._post(LedgerKind.TRADE, deal.profit_micros, deal)
        self._post(LedgerKind.FEE, -deal.fee_micros, deal)

    def _insure(self, deal: DealState, profit: int, released: int) -> None:
        """Cover what a close lost beyond the margin it released: an isolated position can lose no more."""
        self._ledger.post(
            LedgerKind.TRADE,
            max(0, -profit - released),
            order_id=deal.order_id,
            deal_id=deal.id,
            position_id=deal.position_id,
            comment="insurance fund: loss beyond the isolated margin",
        )

    def _post(self, kind: LedgerKind, amount: int, deal: DealState) -> None:
        self._ledger.post(kind, amount, order_id=deal.order_id, deal_id=deal.id, position_id=deal.position_id)

    def _value(self, fill: Fill, instrument: Instrument) -> int:
        notional = instrument.notional_micros(fill.price, fill.lots)
        return self._conversion.convert(notional, instrument, fill.price)

    def _fee(self, value: int, liquidity: Liquidity) -> int:
        maker = liquidity is Liquidity.MAKER
        return fee(value, self._venue.maker_fee_ppm if maker else self._venue.taker_fee_ppm)

    def _set_liquidation_price(self, position: Position) -> None:
        if self._venue.margining is not Margining.ISOLATED or not position.lots:
            return
        position.liquidation_price = liquidation_price(
            position.side,
            lots=position.lots,
            cost_micros=position.cost,
            margin_micros=position.margin,
            tick_value=position.instrument.tick_value_micros,
            tier=tier_of(self._venue.tiers, position.cost),
        )

    def _deal(self, fill: Fill, position: Position, direction: Direction) -> DealState:
        state = fill.order.state
        quote = self._market.quote(state.instrument)
        return DealState(
            id=self._identities.deal(),
            account=state.account,
            order_id=state.id,
            position_id=position.id,
            instrument=state.instrument,
            side=state.side,
            direction=direction,
            lots=fill.lots,
            price=fill.price,
            entry_price=position.entry_price,
            liquidity=fill.liquidity,
            bid=quote.bid,
            ask=quote.ask,
            last=quote.last,
            reason=state.reason,
            channel=state.channel,
            strategy=state.strategy,
            signal_id=state.signal_id,
            comment=state.comment,
            time=self._simulation.now,
        )
