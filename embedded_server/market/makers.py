"""Market makers' quotes: one ladder a side that follows the fair price and moves only what must move."""

from __future__ import annotations

import numpy as np

from embedded_server.market.order_book import OrderBook
from embedded_server.market.price_process import Streams
from embedded_server.model.enums import Side
from embedded_server.model.instruments import Instrument

FEWEST_LEVELS = 12
MOST_LEVELS = 17
_FAR = 8
"""A best quote this many spacings from the next one means the price leapt: the ladder is built anew."""
_DRAWN = 1024


class Sizes:
    """Lots of one maker's quote after another; the stream is drawn in blocks."""

    def __init__(self, instrument: Instrument, streams: Streams) -> None:
        self._stream = streams(f"market/{instrument.key}/makers")
        self._typical = instrument.typical_lots
        self._drawn: list[int] = []

    def next(self) -> int:
        """Lots of the next quote, at least 1."""
        if not self._drawn:
            factors = 1.2 + self._stream.gamma(1.6, 1.9, _DRAWN)
            self._drawn = np.maximum(1, np.rint(factors * self._typical)).astype(np.int64).tolist()
        return self._drawn.pop()


class Ladder:
    """The makers' orders on one side, worst first; keys are `sign * price` as in the book."""

    def __init__(self, book: OrderBook, side: Side, sizes: Sizes) -> None:
        self._book = book
        self._side = side
        self._sign = side.sign
        self._sizes = sizes
        self._keys: list[int] = []
        self._ids: list[int] = []
        self._next_id = -1 if side is Side.BUY else -2
        self._turn = 0 if side is Side.BUY else 1

    def withdraw(self, best: int) -> None:
        """Cancel every quote better than `best` (ticks), and forget those that were taken."""
        keys, ids, orders = self._keys, self._ids, self._book.orders
        bound = best * self._sign
        while keys and (keys[-1] > bound or ids[-1] not in orders):
            keys.pop()
            self._book.cancel(ids.pop())

    def place(self, best: int, spacing: int) -> None:
        """Quote at `best`; keep the next at least half a `spacing` away and the depth between its bounds."""
        keys = self._keys
        key = best * self._sign
        if keys:
            distance = key - keys[-1]
            if distance > _FAR * spacing:
                self.clear()
            elif 0 < 2 * distance < spacing:
                keys.pop()
                self._book.cancel(self._ids.pop())
        if keys and keys[-1] == key:
            self._refresh()
        else:
            keys.append(key)
            self._ids.append(self._rest(key, self._sizes.next()))
        if len(keys) > MOST_LEVELS:
            del keys[0]
            self._book.cancel(self._ids.pop(0))
        elif len(keys) < FEWEST_LEVELS:
            self._deepen(spacing)

    def clear(self) -> None:
        """Cancel everything."""
        for order_id in self._ids:
            self._book.cancel(order_id)
        self._keys.clear()
        self._ids.clear()

    def _refresh(self) -> None:
        """Where the price stands still, renew a quote every other step: the best, now and then another."""
        turn = self._turn = self._turn + 1
        if turn % 2:
            return
        index = turn // 8 % len(self._keys) if turn % 8 == 0 else -1
        order_id, new_id = self._ids[index], self._next_id
        if order_id in self._book.orders:
            self._next_id = new_id - 2
            self._ids[index] = new_id
            self._book.renew(order_id, new_id, self._sizes.next())
        else:  # taken meanwhile
            self._ids[index] = self._rest(self._keys[index], self._sizes.next())

    def _deepen(self, spacing: int) -> None:
        keys, ids = self._keys, self._ids
        while len(keys) < FEWEST_LEVELS:
            lots = self._sizes.next()
            key = keys[0] - 1 - spacing // 2 - lots % (spacing + 1)
            if key * self._sign < 1:
                break
            keys.insert(0, key)
            ids.insert(0, self._rest(key, 2 * lots))

    def _rest(self, key: int, lots: int) -> int:
        order_id = self._next_id
        self._next_id = order_id - 2
        self._book.rest(order_id, self._side, key * self._sign, lots)
        return order_id
