"""OneTrade's enums, integers on the wire (CLARIFICATIONS.md, onetrade) or, from other servers, their names.

Unknown sides, kinds and states are errors; an unknown reason degrades to its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from tui_trader.model.errors import ProtocolError
from tui_trader.model.values import OrderKind, OrderStatus, Side
from tui_trader.protocols.sanitising import SHORT, clean

T = TypeVar("T")
Code = int | str

_TYPE_NAMES = (
    "market",
    "buy_limit",
    "buy_stop",
    "sell_limit",
    "sell_stop",
    "buy_stop_limit",
    "sell_stop_limit",
)
_KINDS = {
    "market": OrderKind.MARKET,
    "buy_limit": OrderKind.LIMIT,
    "buy_stop": OrderKind.STOP,
    "sell_limit": OrderKind.LIMIT,
    "sell_stop": OrderKind.STOP,
    "buy_stop_limit": OrderKind.STOP_LIMIT,
    "sell_stop_limit": OrderKind.STOP_LIMIT,
}
_STATUS_NAMES = (
    "placed", "started", "partially_filled", "filled", "canceled", "rejected", "expired", "requoted",
)  # fmt: skip
_STATUSES = {
    "pending": OrderStatus.WORKING,
    "placed": OrderStatus.WORKING,
    "started": OrderStatus.DEALING,
    "partially_filled": OrderStatus.PARTIALLY_FILLED,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "rejected": OrderStatus.REJECTED,
    "expired": OrderStatus.EXPIRED,
    "requoted": OrderStatus.REQUOTED,
}
_SIDE_NAMES = ("buy", "sell")
_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_POSITION_NAMES = ("open", "closing", "closed")
_POSITION_OPEN = {"open": True, "closing": True, "closed": False}
REPORT_READY, REPORT_FAILED = (1, "ready"), (2, "failed")
_REASONS = (
    "client", "script", "dealer", "stop loss", "take profit", "take profit or stop loss", "stop out",
    "rollover",
    "external client", "variation margin", "gateway", "signal", "settlement", "transfer", "synchronization",
    "external service", "mobile", "web", "split", "migration",
)  # fmt: skip

_TYPE_CODES = {name: code for code, name in enumerate(_TYPE_NAMES)}
SIDE_CODES = {Side.BUY: 0, Side.SELL: 1}


def order_kind(code: Code) -> OrderKind:
    """Read OrderType."""
    return _read(code, _TYPE_NAMES, _KINDS, "order type")


def order_status(code: Code) -> OrderStatus:
    """Read OrderStatus; the document's PENDING is `placed`."""
    return _read(code, _STATUS_NAMES, _STATUSES, "order status")


def side(code: Code) -> Side:
    """Read SideType of an order, position or trade."""
    return _read(code, _SIDE_NAMES, _SIDES, "side")


def position_is_open(code: Code) -> bool:
    """Read PositionStatus: everything but `closed` is open."""
    return _read(code, _POSITION_NAMES, _POSITION_OPEN, "position status")


def moves_money_only(code: Code) -> bool:
    """Tell deals of SideType balance and credit."""
    return code in (2, 3, "balance", "credit")


def closes(code: Code | None) -> bool | None:
    """Read DirectionType of a deal: whether it closed a position; None where it does not say."""
    return {0: False, "in": False, 1: True, "out": True}.get(code.lower() if isinstance(code, str) else code)


def reason(code: Code | None) -> str:
    """Read ReasonType as words; the ordinary `client` and no reason are empty."""
    if code is None or code in (0, "client"):
        return ""
    if isinstance(code, str):
        return clean(code, SHORT)
    return _REASONS[code] if 0 <= code < len(_REASONS) else f"reason {code}"


def type_code(kind: OrderKind, order_side: Side) -> int:
    """Write OrderType."""
    name = "market" if kind is OrderKind.MARKET else f"{order_side.value}_{kind.value}"
    return _TYPE_CODES[name]


def _read(code: Code, names: tuple[str, ...], meanings: Mapping[str, T], what: str) -> T:
    name = code.lower() if isinstance(code, str) else names[code] if 0 <= code < len(names) else ""
    if name not in meanings:
        raise ProtocolError(f"unknown {what} {clean(str(code), 20)!r}")
    return meanings[name]
