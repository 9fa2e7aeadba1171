"""One instrument's order book: price-time priority in integers. It matches and rests, and emits nothing."""

from __future__ import annotations

from bisect import bisect_left, insort

from embedded_server.model.enums import Side
from embedded_server.model.states import DepthLevel

Fill = tuple[int, int, int]
"""(id of the resting order, price, lots)."""

_COMPACT_FROM = 32


class Level:
    """The queue at one price in order of arrival; orders before `head` and orders with 0 lots are gone."""

    __slots__ = ("half", "head", "key", "lots", "orders", "price")

    def __init__(self, half: BookSide, key: int, price: int) -> None:
        self.half = half
        self.key = key
        self.price = price
        self.lots = 0
        self.orders: list[Resting] = []
        self.head = 0


class Resting:
    """One order in its level's queue."""

    __slots__ = ("level", "lots", "order_id")

    def __init__(self, order_id: int, lots: int, level: Level) -> None:
        self.order_id = order_id
        self.lots = lots
        self.level = level


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
        self.revision = 0
        """Grows with every change."""
        self.bids = BookSide(1)
        self.asks = BookSide(-1)
        self.orders: dict[int, Resting] = {}

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
        half = self.bids if side is Side.BUY else self.asks
        key = price if half.sign > 0 else -price
        level = half.levels.get(key)
        if level is None:
            level = half.levels[key] = Level(half, key, price)
            keys = half.keys
            if not keys or key > keys[-1]:
                keys.append(key)
            else:
                insort(keys, key)
        self.revision += 1
        order = self.orders[order_id] = Resting(order_id, lots, level)
        level.orders.append(order)
        level.lots += lots

    def cancel(self, order_id: int) -> int:
        """Take an order off the book; returns the lots it still had, 0 if it is not here."""
        order = self.orders.pop(order_id, None)
        if order is None:
            return 0
        self.revision += 1
        lots = order.lots
        order.lots = 0
        level = order.level
        level.lots -= lots
        if not level.lots:
            half = level.half
            del half.levels[level.key]
            keys = half.keys
            if keys[-1] == level.key:
                keys.pop()
            else:
                del keys[bisect_left(keys, level.key)]
        elif len(level.orders) > _COMPACT_FROM:
            _compact(level)
        return lots

    def reduce(self, order_id: int, lots: int) -> None:
        """Shrink an order to `lots` where it stands in the queue; `ValueError` if that would grow it."""
        order = self.orders[order_id]
        if not 0 < lots <= order.lots:
            raise ValueError(f"cannot reduce order {order_id} from {order.lots} to {lots} lots")
        self.revision += 1
        order.level.lots -= order.lots - lots
        order.lots = lots

    def match(self, side: Side, lots: int, limit: int | None) -> list[Fill]:
        """Execute an incoming order of `side` against the other one, best price then oldest first."""
        half = self.asks if side is Side.BUY else self.bids
        keys = half.keys
        fills: list[Fill] = []
        self.revision += 1
        while lots and keys:
            key = keys[-1]
            if limit is not None and key < limit * half.sign:
                break
            level = half.levels[key]
            lots = self._drain(level, lots, fills)
            if not level.lots:
                keys.pop()
                del half.levels[key]
        return fills

    def _drain(self, level: Level, lots: int, fills: list[Fill]) -> int:
        price, orders, head = level.price, level.orders, level.head
        while lots and level.lots:
            order = orders[head]
            quantity = order.lots
            if not quantity:
                head += 1
                continue
            if quantity > lots:
                quantity = lots
                order.lots -= quantity
            else:
                order.lots = 0
                head += 1
                del self.orders[order.order_id]
            level.lots -= quantity
            lots -= quantity
            fills.append((order.order_id, price, quantity))
        level.head = head
        return lots

    def available(self, side: Side, limit: int | None) -> int:
        """Lots an incoming order of `side` could take at `limit` or better."""
        half = self.asks if side is Side.BUY else self.bids
        if limit is None:
            return sum(level.lots for level in half.levels.values())
        bound = limit * half.sign
        return sum(level.lots for key, level in half.levels.items() if key >= bound)

    def queue_ahead(self, order_id: int) -> int:
        """Lots at the order's price that would be matched before it; 0 if it is not here."""
        order = self.orders.get(order_id)
        if order is None:
            return 0
        ahead = 0
        for other in order.level.orders[order.level.head :]:
            if other is order:
                break
            ahead += other.lots
        return ahead

    def depth(self, side: Side, levels: int) -> tuple[DepthLevel, ...]:
        """The best `levels` prices of a side with their total lots, best first."""
        half = self.bids if side is Side.BUY else self.asks
        found = half.levels
        return tuple(
            DepthLevel(price=found[key].price, lots=found[key].lots) for key in half.keys[: -levels - 1 : -1]
        )


def _compact(level: Level) -> None:
    """Forget the gone orders once they are the majority, so that cancels stay O(1) on average."""
    live = [order for order in level.orders[level.head :] if order.lots]
    if 2 * len(live) < len(level.orders):
        level.orders = live
        level.head = 0
