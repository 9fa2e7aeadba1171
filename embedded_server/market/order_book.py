"""One instrument's order book: price-time priority in integers. It matches and rests, and emits nothing."""

from __future__ import annotations

from bisect import bisect_left, insort

from embedded_server.model.enums import Side
from embedded_server.model.states import DepthLevel

Fill = tuple[int, int, int]
"""(id of the resting order, price, lots)."""


class Level:
    """The orders at one price: `queue` maps ids to lots in order of arrival, `lots` is their sum."""

    __slots__ = ("half", "key", "lots", "queue")

    def __init__(self, half: BookSide, key: int) -> None:
        self.half = half
        self.key = key
        self.lots = 0
        self.queue: dict[int, int] = {}


class BookSide:
    """Levels of one side. `keys` are `sign * price` ascending, so that the best is always the last."""

    __slots__ = ("keys", "levels", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.keys: list[int] = []
        self.levels: dict[int, Level] = {}


class OrderBook:
    """Resting orders of both sides, and the matching of an incoming one."""

    __slots__ = ("asks", "bids", "orders", "revision")

    def __init__(self) -> None:
        self.bids = BookSide(1)
        self.asks = BookSide(-1)
        self.orders: dict[int, Level] = {}
        """Where each resting order stands."""
        self.revision = 0
        """Grows with every change."""

    def best_bid(self) -> int | None:
        """Highest resting buy price."""
        keys = self.bids.keys
        return keys[-1] if keys else None

    def best_ask(self) -> int | None:
        """Lowest resting sell price."""
        keys = self.asks.keys
        return -keys[-1] if keys else None

    def rest(self, order_id: int, side: Side, price: int, lots: int) -> None:
        """Queue an order last at its price. The caller has matched it first: it must not cross."""
        if side is Side.BUY:
            half, key = self.bids, price
        else:
            half, key = self.asks, -price
        level = half.levels.get(key)
        if level is None:
            level = half.levels[key] = Level(half, key)
            keys = half.keys
            if not keys or key > keys[-1]:
                keys.append(key)
            else:
                insort(keys, key)
        level.queue[order_id] = lots
        level.lots += lots
        self.orders[order_id] = level
        self.revision += 1

    def cancel(self, order_id: int) -> int:
        """Take an order off the book; returns the lots it still had, 0 if it is not here."""
        level = self.orders.pop(order_id, None)
        if level is None:
            return 0
        self.revision += 1
        lots = level.queue.pop(order_id)
        level.lots -= lots
        if not level.lots:
            half, key = level.half, level.key
            del half.levels[key]
            keys = half.keys
            if keys[-1] == key:
                keys.pop()
            else:
                del keys[bisect_left(keys, key)]
        return lots

    def renew(self, order_id: int, new_id: int, lots: int) -> None:
        """Cancel an order that is here and queue another at its price, last."""
        level = self.orders.pop(order_id)
        queue = level.queue
        level.lots += lots - queue.pop(order_id)
        queue[new_id] = lots
        self.orders[new_id] = level
        self.revision += 1

    def reduce(self, order_id: int, lots: int) -> None:
        """Shrink an order to `lots` where it stands in the queue.

        Raises `KeyError` for an order that is not here and `ValueError` if it would grow or vanish.
        """
        level = self.orders[order_id]
        present = level.queue[order_id]
        if not 0 < lots <= present:
            raise ValueError(f"cannot reduce order {order_id} from {present} to {lots} lots")
        self.revision += 1
        level.lots -= present - lots
        level.queue[order_id] = lots

    def match(self, side: Side, lots: int, limit: int | None) -> list[Fill]:
        """Execute an incoming order of `side` against the other one, best price then oldest first."""
        half = self.asks if side is Side.BUY else self.bids
        keys, sign = half.keys, half.sign
        fills: list[Fill] = []
        while lots and keys:
            key = keys[-1]
            if limit is not None and key < limit * sign:
                break
            level = half.levels[key]
            if lots < level.lots:
                self._take(level, lots, key * sign, fills)
                break
            lots -= level.lots
            price = key * sign
            for order_id, quantity in level.queue.items():
                fills.append((order_id, price, quantity))
                del self.orders[order_id]
            keys.pop()
            del half.levels[key]
        if fills:
            self.revision += 1
        return fills

    def _take(self, level: Level, lots: int, price: int, fills: list[Fill]) -> None:
        """Fill `lots`, fewer than the level holds, from its oldest orders."""
        queue = level.queue
        level.lots -= lots
        while lots:
            order_id = next(iter(queue))
            quantity = queue[order_id]
            if quantity > lots:
                queue[order_id] = quantity - lots
                quantity = lots
            else:
                del queue[order_id], self.orders[order_id]
            fills.append((order_id, price, quantity))
            lots -= quantity

    def available(self, side: Side, limit: int | None) -> int:
        """Lots an incoming order of `side` could take at `limit` or better."""
        half = self.asks if side is Side.BUY else self.bids
        if limit is None:
            return sum(level.lots for level in half.levels.values())
        bound = limit * half.sign
        return sum(level.lots for key, level in half.levels.items() if key >= bound)

    def queue_ahead(self, order_id: int) -> int:
        """Lots at the order's price that would be matched before it; 0 if it is not here."""
        level = self.orders.get(order_id)
        if level is None:
            return 0
        ahead = 0
        for other, lots in level.queue.items():
            if other == order_id:
                break
            ahead += lots
        return ahead

    def depth(self, side: Side, levels: int) -> tuple[DepthLevel, ...]:
        """The best `levels` prices of a side with their total lots, best first."""
        half = self.bids if side is Side.BUY else self.asks
        found, sign = half.levels, half.sign
        return tuple(DepthLevel(key * sign, found[key].lots) for key in half.keys[: -levels - 1 : -1])
