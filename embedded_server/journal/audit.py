"""Does a journal hold together by itself? Counts, orders, fills, positions, ledger: findings in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import get_args

import msgspec

from embedded_server.accounts import past
from embedded_server.journal.records import StoredEvent
from embedded_server.journal.store import Store
from embedded_server.model import events as e
from embedded_server.model.enums import OrderStatus
from embedded_server.model.states import DealState, LedgerEntry, OrderState, PositionState

_OrderEvent = (
    e.OrderPlaced
    | e.OrderModified
    | e.OrderRequoted
    | e.OrderFilled
    | e.OrderCanceled
    | e.OrderExpired
    | e.OrderRejected
)
_PositionEvent = e.PositionOpened | e.PositionChanged | e.PositionClosed
_AccountEvent = _OrderEvent | _PositionEvent | e.LedgerPosted
_KINDS = {kind.__name__ for kind in get_args(_AccountEvent)}
_account_events: msgspec.msgpack.Decoder[_AccountEvent] = msgspec.msgpack.Decoder(_AccountEvent)


def gaps(store: Store) -> Iterator[str]:
    """Tables that do not count 1..N, and times that run backwards."""
    for table, key in (("inputs", "sequence"), ("events", "sequence"), ("marks", "id")):
        count, first, last = store.connection.execute(
            f"SELECT count(*), min({key}), max({key}) FROM {table}"
        ).fetchone()
        if count and (first, last) != (1, count):
            yield f"{table} do not count from 1 to N without a gap: {count} rows from {first} to {last}"
        previous = 0
        for number, time in store.connection.execute(f"SELECT {key}, time FROM {table} ORDER BY {key}"):
            if time < previous:
                yield f"{table}: time runs backwards at {number}"
                break
            previous = time


def pages(store: Store) -> Iterator[str]:
    """What SQLite finds wrong with the file."""
    for (line,) in store.connection.execute("PRAGMA integrity_check(10)"):
        if line != "ok":
            yield f"the file is damaged: {line}"


class Books:
    """Everything the stored events say about orders, fills, positions and balances."""

    def __init__(self) -> None:
        self.orders: dict[int, OrderState] = {}
        self.deals = 0
        self.entries = 0
        self.balances: dict[str, int] = {}
        self.findings: list[str] = []
        self._filled: dict[int, int] = defaultdict(int)
        self._net: dict[tuple[str, str], int] = defaultdict(int)
        self._positions: dict[int, PositionState] = {}
        self._references: dict[tuple[str, str], int] = {}
        self._ended: dict[str, int] = defaultdict(int)
        self._ended_as: dict[int, int] = {}

    def add(self, row: StoredEvent) -> None:
        """Take in one event, in order."""
        if row.kind not in _KINDS:
            return
        try:
            event = _account_events.decode(row.event)
        except msgspec.MsgspecError as error:
            self._find(f"event {row.sequence} ({row.kind}) cannot be read: {error}")
            return
        match event:
            case e.LedgerPosted():
                self._entry(event.entry)
            case e.PositionOpened() | e.PositionChanged() | e.PositionClosed():
                self._positions[event.position.id] = event.position
            case e.OrderFilled():
                self._deal(event.deal)
                self._order(event.order)
            case _:
                self._order(event.order)

    def close(self) -> None:
        """Compare the sums, once everything was taken in."""
        net: dict[tuple[str, str], int] = defaultdict(int)
        for position in self._positions.values():
            net[position.account, position.instrument] += position.side.sign * position.lots
        for key in {*net, *self._net}:
            if net[key] != self._net[key]:
                self._find(f"{key[0]} {key[1]}: positions of {net[key]} lots, fills of {self._net[key]}")
        for order in self.orders.values():
            if order.filled_lots != self._filled[order.id]:
                self._find(
                    f"order {order.id} says {order.filled_lots} filled, deals {self._filled[order.id]}"
                )

    def _order(self, order: OrderState) -> None:
        before = self.orders.get(order.id)
        if before is not None and before.status.terminal:
            self._find(f"order {order.id} went on after it was {before.status}")
        if order.filled_lots > order.lots:
            self._find(f"order {order.id} for {order.lots} lots was filled with {order.filled_lots}")
        if order.reference is not None and order.status is not OrderStatus.REJECTED:
            self._named(order, order.reference)
        if order.status.terminal:
            self._ended[order.account] += 1
            self._ended_as[order.id] = self._ended[order.account]
        self.orders[order.id] = order

    def _named(self, order: OrderState, reference: str) -> None:
        """A reference is of one order, until so many of its account ended after it that it is forgotten."""
        owner = self._references.get((order.account, reference), order.id)
        since = self._ended[order.account] - self._ended_as.get(owner, self._ended[order.account])
        if owner != order.id and since < past.KEPT:
            self._find(f"orders {owner} and {order.id} have one reference, {reference}")
        self._references[order.account, reference] = order.id

    def _deal(self, deal: DealState) -> None:
        self.deals += 1
        if deal.id != self.deals:
            self._find(f"deal {deal.id} is the {self.deals}. told")
        self._filled[deal.order_id] += deal.lots
        self._net[deal.account, deal.instrument] += deal.side.sign * deal.lots

    def _entry(self, entry: LedgerEntry) -> None:
        self.entries += 1
        before = self.balances.get(entry.account, entry.balance_micros - entry.amount_micros)
        if before + entry.amount_micros != entry.balance_micros:
            self._find(
                f"ledger entry {entry.id}: {before} and {entry.amount_micros} make no {entry.balance_micros}"
            )
        self.balances[entry.account] = entry.balance_micros

    def _find(self, sentence: str) -> None:
        self.findings.append(sentence)
