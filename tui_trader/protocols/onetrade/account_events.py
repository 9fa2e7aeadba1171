"""OneTrade's order, position and deal events (onetrade.md, Incoming Messages), requotes from offer to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tui_trader.model.events import (
    DealDone,
    Event,
    JournalReceived,
    NoticeReceived,
    OrderUpdated,
    PositionRemoved,
    PositionUpdated,
    RequoteEnded,
    RequoteOffered,
)
from tui_trader.model.values import Order, OrderKind, OrderStatus, Severity
from tui_trader.protocols.json_reading import milliseconds
from tui_trader.protocols.onetrade import enums, messages, projection
from tui_trader.protocols.onetrade.answers import Answers
from tui_trader.protocols.onetrade.enums import REPORT_FAILED, REPORT_READY
from tui_trader.protocols.sanitising import clean, clean_optional
from tui_trader.protocols.typed_frames import TypedFrame

Reading = Callable[[TypedFrame], tuple[Event, ...]]

_ENDINGS = {
    OrderStatus.FILLED: "filled",
    OrderStatus.PARTIALLY_FILLED: "partly filled",
    OrderStatus.CANCELED: "refused: the order is canceled",
    OrderStatus.EXPIRED: "the offer ran out",
    OrderStatus.REJECTED: "the dealer rejected the order",
    OrderStatus.DEALING: "accepted: the order is with the dealer again",
    OrderStatus.WORKING: "withdrawn: the order works again",
}


class AccountEvents:
    """Reads events; remembers open offers, to tell their end."""

    def __init__(self, link: str, answers: Answers) -> None:
        self._link = link
        self._answers = answers
        self._offered: set[str] = set()

    def readings(self) -> Mapping[str, Reading]:
        """Give the reader of each type of event."""
        return {
            "orders_place": self._order,
            "orders_update": self._order,
            "orders_cancel": self._order,
            "orders_expired": self._order,
            "orders_rejected": self._order,
            "dealing_order_requote": self._requote,
            "positions_open": partial(self._position, False),
            "positions_update": partial(self._position, False),
            "positions_close": partial(self._position, True),
            "deals_create": self._deal,
            "deals_update": self._deal,
            "journal_create": self._journal,
        }

    def is_stop_limit(self, order_id: str) -> bool:
        """Tell whether a working order has two prices."""
        return order_id in self._answers.stop_limits

    def connection_lost(self) -> tuple[Event, ...]:
        """End all offers: they do not outlive their connection."""
        ended = tuple(RequoteEnded(self._link, id, "the connection was lost") for id in self._offered)
        self._offered.clear()
        return ended

    def _order(self, frame: TypedFrame) -> tuple[Event, ...]:
        order = self._read(messages.read_order(frame.data))
        if order.id not in self._offered or order.status is OrderStatus.REQUOTED:
            return (OrderUpdated(order),)
        self._offered.discard(order.id)
        detail = _ENDINGS.get(order.status, order.status.value)
        return OrderUpdated(order), RequoteEnded(self._link, order.id, detail)

    def _requote(self, frame: TypedFrame) -> tuple[Event, ...]:
        body = messages.read_order(frame.data)
        order = self._read(body)
        if order.status is not OrderStatus.REQUOTED:
            return (OrderUpdated(order),)
        self._offered.add(order.id)
        seconds = projection.offer_seconds(body)
        offer = RequoteOffered(order=order, old_price=body.price_order or None, valid_seconds=seconds)
        return offer, OrderUpdated(order)

    def _read(self, body: messages.OrderBody) -> Order:
        order = projection.order(self._link, body)
        self._answers.meet(body.symbol)
        self._answers.ages.changed("orders")
        if order.kind is OrderKind.STOP_LIMIT and not order.status.terminal:
            self._answers.stop_limits.add(order.id)
        else:
            self._answers.stop_limits.discard(order.id)
        return order

    def _position(self, closing: bool, frame: TypedFrame) -> tuple[Event, ...]:
        body = messages.read_position(frame.data)
        position = projection.position(self._link, body)
        self._answers.meet(body.symbol)
        self._answers.ages.changed("positions")
        if not enums.position_is_open(body.status) or (closing and not body.volume_current):
            return (PositionRemoved(self._link, position.id, position.symbol),)
        return (PositionUpdated(position),)

    def _deal(self, frame: TypedFrame) -> tuple[Event, ...]:
        body = messages.read_deal(frame.data)
        if enums.moves_money_only(body.side):
            return ()
        return (DealDone(projection.deal(self._link, body)),)

    def _journal(self, frame: TypedFrame) -> tuple[Event, ...]:
        body = messages.read_journal(frame.data)
        return (JournalReceived(self._link, clean(body.desc), milliseconds(body.created_at)),)

    def report(self, body: messages.ReportBody) -> tuple[Event, ...]:
        """Tell how a report stands: ready, failed, or still being made."""
        name = clean_optional(body.desc) or projection.identifier(body.id, "report id")
        failed, ready = body.status in REPORT_FAILED, body.status in REPORT_READY
        word = "failed" if failed else "ready" if ready else "being made"
        severity = Severity.ERROR if failed else Severity.INFO
        return (NoticeReceived(self._link, severity, clean(f"report {word}: {name}"), "REPORT"),)
