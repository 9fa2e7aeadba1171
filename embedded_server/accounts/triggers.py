"""Which stops and protections a quote touches, and how trailing stops follow it.

What closes a long or sells watches the bid, what closes a short or buys watches the ask (SIMULATION.md,
Trading rules). Touching is only noticed here: the consequence is a scheduled reaction, which fills at the
next available price.
"""

from __future__ import annotations

from embedded_server.accounts.position import Position
from embedded_server.accounts.protection import Protection
from embedded_server.accounts.watch_list import WatchList
from embedded_server.model.enums import Reason, Side
from embedded_server.model.states import Quote


class Triggers:
    """Compares quotes with one account's stop orders and protected positions."""

    def __init__(self, watch_list: WatchList, protection: Protection) -> None:
        self._watch_list = watch_list
        self._protection = protection

    def check_orders(self, quote: Quote) -> None:
        """Notice the stop orders of an instrument that its quote touches; let trailing ones follow."""
        for order in list(self._watch_list.by_instrument.get(quote.instrument, {}).values()):
            state = order.state
            price = quote.ask if state.side is Side.BUY else quote.bid
            if not price or state.stop_price is None:
                continue
            sign = state.side.sign
            if (price - state.stop_price) * sign >= 0:
                self._watch_list.forget(order)
                self._protection.touched(order)
            elif state.trailing_ticks is not None:
                level = price + sign * state.trailing_ticks
                if level > 0 and (state.stop_price - level) * sign > 0:
                    self._protection.trail_order(order, level)

    def check_position(self, position: Position, quote: Quote) -> None:
        """Notice a position whose stop loss or take profit the quote touches; let a trailing stop follow."""
        price = quote.bid if position.side is Side.BUY else quote.ask
        if not price or position.closing or not position.protected:
            return
        sign = position.side.sign
        stop, target = position.stop_loss, position.take_profit
        if stop is not None and (price - stop) * sign <= 0:
            self._protection.hit(position, Reason.TRAILING_STOP if position.trailed else Reason.STOP_LOSS)
        elif target is not None and (price - target) * sign >= 0:
            self._protection.hit(position, Reason.TAKE_PROFIT)
        elif position.trailing_ticks is not None:
            level = price - sign * position.trailing_ticks
            if level > 0 and (stop is None or (level - stop) * sign > 0):
                self._protection.trail_position(position, level)
