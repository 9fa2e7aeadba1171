"""REST bodies and queries to engine commands: decimals exact, every refusal naming its field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, field

from embedded_server.kernel.time import DAY, SECOND, from_milliseconds
from embedded_server.model.commands import ModifyOrder, ModifyPosition, PlaceOcoOrders, PlaceOrder
from embedded_server.model.enums import OrderKind, Resolution, TimeInForce
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import OrderState
from embedded_server.protocols.exact_numbers import price_ticks, quantity_lots
from embedded_server.protocols.json_input import InputError, printable
from embedded_server.protocols.onetrade.enums import (
    ORDER_KINDS,
    SIDES,
    ExpirationPolicy,
    OrderType,
    ReportType,
    SideType,
)
from embedded_server.protocols.onetrade.projection import ACCOUNT, ACCOUNT_ID, USER_ID
from embedded_server.protocols.wire_time import parse_iso

MAX_TEXT = 200
MAX_POINTS = 1_000_000
OCO_ORDERS = 2
_LARGEST_SECONDS = 100_000_000_000
"""An epoch below this is in seconds, above it in milliseconds."""
_LATEST = 2**63 - DAY
"""The last instant the engine can keep, less the day that a policy may add (in the year 2262)."""

RESOLUTIONS = {
    "1": Resolution.M1,
    "5": Resolution.M5,
    "15": Resolution.M15,
    "30": Resolution.M30,
    "60": Resolution.H1,
    "240": Resolution.H4,
    "D": Resolution.D1,
    "1D": Resolution.D1,
    "W": Resolution.W1,
    "1W": Resolution.W1,
    "M": Resolution.MN1,
    "1M": Resolution.MN1,
}

Instant = str | int


class Owned(Struct, frozen=True, kw_only=True):
    """Every trading body may name whom it is for; it must be the account this endpoint serves."""

    account_id: int | None = None
    user_id: int | None = None

    def check_owner(self) -> None:
        """Raise `InputError` for somebody else's account or user."""
        for name, value, own in (
            ("account_id", self.account_id, ACCOUNT_ID),
            ("user_id", self.user_id, USER_ID),
        ):
            if value not in {None, own}:
                raise InputError(f"{name}: there is no {value} here, only {own}", name)


class Leg(Owned, frozen=True, kw_only=True):
    """An order without its symbol; the fields from `deviation` are extensions.

    `deviation` and `trailing_stop` are in points. The trigger of a stop order follows the price at
    `trailing_stop`; of any other order the stop loss of the position it opens.
    """

    volume: Decimal
    side: SideType
    type: OrderType
    order_price: Decimal | None = None
    price_sl: Decimal | None = None
    price_tp: Decimal | None = None
    comment: str | None = None
    time_expiration: Instant | None = None
    expiration_police: ExpirationPolicy | None = None
    deviation: int | None = None
    price_stop_limit: Decimal | None = None
    external_id: str | None = None
    trailing_stop: int | None = None


class CreateOrder(Leg, frozen=True, kw_only=True):
    """`POST orders` (observed). Of one `oco_group` (extension) the first to end cancels the rest."""

    symbol_id: int
    oco_group: str | None = None


class CreateOcoOrders(Owned, frozen=True, kw_only=True):
    """`POST orders/oco` (extension): two orders that wait, each with its own `external_id`."""

    symbol_id: int
    orders: list[Leg]
    oco_group: str | None = None


class ChangeOrder(Owned, frozen=True, kw_only=True):
    """`PUT orders/{id}`: absent fields stay, a null stop, target or `trailing_stop` is removed."""

    volume: Decimal | UnsetType = UNSET
    order_price: Decimal | UnsetType = UNSET
    price_stop_limit: Decimal | UnsetType | None = UNSET
    price_sl: Decimal | UnsetType | None = UNSET
    price_tp: Decimal | UnsetType | None = UNSET
    comment: str | UnsetType | None = UNSET
    time_expiration: Instant | UnsetType | None = UNSET
    trailing_stop: int | UnsetType | None = UNSET


class ChangePosition(Owned, frozen=True, kw_only=True):
    """`PUT positions/{id}`: absent fields stay, a null stop, target or `trailing_stop` is removed."""

    price_sl: Decimal | UnsetType | None = UNSET
    price_tp: Decimal | UnsetType | None = UNSET
    trailing_stop: int | UnsetType | None = UNSET
    comment: str | UnsetType | None = UNSET


class ClosePositionBody(Owned, frozen=True, kw_only=True):
    """`POST positions/{id}`: without a volume all of it."""

    volume: Decimal | None = None


class Approval(Owned, frozen=True, kw_only=True):
    """`POST orders/{id}/approval`: the answer to a requote."""

    approved: bool
    id: int | None = None


class CreateReport(Owned, frozen=True, kw_only=True):
    """`POST reports` (extension): by default the last 24 hours."""

    type: ReportType
    from_: Instant | None = field(name="from", default=None)
    to: Instant | None = None


def place_order(body: CreateOrder, instrument: Instrument, now: int) -> PlaceOrder:
    """The command of a create body; raises `InputError`.

    A market order that states `order_price` asks for instant execution at that price: it fills at most
    `deviation` points away (0 unless given) and is requoted otherwise. Without a price it fills at market.
    """
    return _leg(body, instrument, now, _text(body.oco_group, "oco_group"))


def place_together(body: CreateOcoOrders, instrument: Instrument, now: int) -> PlaceOcoOrders:
    """The command of an OCO body; raises `InputError`."""
    body.check_owner()
    if len(body.orders) != OCO_ORDERS:
        raise InputError(f"orders: {OCO_ORDERS} are expected", "orders")
    return PlaceOcoOrders(
        account=ACCOUNT,
        orders=tuple(_leg(leg, instrument, now, None) for leg in body.orders),
        oco_group=_text(body.oco_group, "oco_group"),
    )


def _leg(body: Leg, instrument: Instrument, now: int, group: str | None) -> PlaceOrder:
    body.check_owner()
    kind = ORDER_KINDS[body.type]
    if body.side not in SIDES:
        raise InputError("side: must be 0 (buy) or 1 (sell)", "side")
    if body.type is not OrderType.MARKET and not body.type.name.startswith(body.side.name):
        raise InputError(f"side: {body.side.value} does not fit type {body.type.value}", "side")
    asked = _price(instrument, body.order_price, "order_price")
    limit = _price(instrument, body.price_stop_limit, "price_stop_limit")
    if asked is None and kind is not OrderKind.MARKET:
        raise InputError("order_price: is needed for this type of order", "order_price")
    if (limit is None) == (kind is OrderKind.STOP_LIMIT):
        need = "is needed" if limit is None else "is only for stop limit orders"
        raise InputError(f"price_stop_limit: {need}", "price_stop_limit")
    stops = kind in {OrderKind.STOP, OrderKind.STOP_LIMIT}
    expires = _expiration(body, now)
    return PlaceOrder(
        account=ACCOUNT,
        instrument=instrument.key,
        side=SIDES[body.side],
        kind=kind,
        lots=quantity_lots(instrument, body.volume, "volume"),
        price=limit if stops else asked,
        stop_price=asked if stops else None,
        stop_loss=_price(instrument, body.price_sl, "price_sl"),
        take_profit=_price(instrument, body.price_tp, "price_tp"),
        time_in_force=TimeInForce.GTC if expires is None else TimeInForce.GTD,
        expires_at=expires,
        deviation_ticks=_deviation(body, kind, asked),
        trailing_ticks=_trailing(body.trailing_stop),
        oco_group=group,
        reference=_text(body.external_id, "external_id"),
        comment=_text(body.comment, "comment"),
    )


def modify_order(body: ChangeOrder, order: OrderState, instrument: Instrument, now: int) -> ModifyOrder:
    """The command of a change body for a working order; raises `InputError`."""
    body.check_owner()
    asked = None if body.order_price is UNSET else _price(instrument, body.order_price, "order_price")
    limit = body.price_stop_limit
    stop_limit = None if limit is UNSET else _price(instrument, limit, "price_stop_limit")
    stops = order.kind in {OrderKind.STOP, OrderKind.STOP_LIMIT}
    expires = body.time_expiration
    return ModifyOrder(
        account=ACCOUNT,
        order_id=order.id,
        lots=None if body.volume is UNSET else quantity_lots(instrument, body.volume, "volume"),
        price=stop_limit if stops else asked,
        stop_price=asked if stops else None,
        stop_loss=_level(instrument, body.price_sl, "price_sl"),
        take_profit=_level(instrument, body.price_tp, "price_tp"),
        trailing_ticks=_trailing(body.trailing_stop, removed=0),
        expires_at=None if expires is UNSET or expires is None else _future(expires, now),
        comment=None if body.comment is UNSET else _text(body.comment, "comment"),
    )


def modify_position(body: ChangePosition, position_id: int, instrument: Instrument) -> ModifyPosition:
    """The command of a position's change body; raises `InputError`."""
    body.check_owner()
    return ModifyPosition(
        account=ACCOUNT,
        position_id=position_id,
        stop_loss=_level(instrument, body.price_sl, "price_sl"),
        take_profit=_level(instrument, body.price_tp, "price_tp"),
        trailing_ticks=_trailing(body.trailing_stop, removed=0),
        comment=None if body.comment is UNSET else _text(body.comment, "comment"),
    )


def instant(value: Instant, field: str) -> int:
    """An ISO-8601 text or an epoch in seconds or milliseconds, as ns; raises `InputError`.

    What is further away than the engine can keep becomes the furthest it can.
    """
    if isinstance(value, str):
        if value.isascii() and value.isdecimal() and len(value) <= 14:
            return instant(int(value), field)
        try:
            return _kept(parse_iso(value))
        except (ValueError, OverflowError):
            raise InputError(f"{field}: {printable(value[:40])} is not an ISO-8601 time", field) from None
    if not 0 <= value < _LARGEST_SECONDS * 100:
        raise InputError(f"{field}: is not an epoch time", field)
    return _kept(value * SECOND if value < _LARGEST_SECONDS else from_milliseconds(value))


def _kept(time: int) -> int:
    return min(max(time, -_LATEST), _LATEST)


def span(query: Mapping[str, str], now: int) -> tuple[int, int]:
    """[from, to) of a query; everything up to and including the present by default."""
    start = instant(query["from"], "from") if query.get("from") else 0
    end = instant(query["to"], "to") if query.get("to") else now + 1
    return start, end


def _trailing(points: int | UnsetType | None, *, removed: int | None = None) -> int | None:
    """A distance in points; null and 0 mean none."""
    if points is UNSET:
        return None
    if not points:
        return removed
    if not 0 < points <= MAX_POINTS:
        raise InputError(f"trailing_stop: must be from 0 to {MAX_POINTS} points", "trailing_stop")
    return points


def _deviation(body: Leg, kind: OrderKind, asked: int | None) -> int | None:
    if body.deviation is None:
        return 0 if kind is OrderKind.MARKET and asked is not None else None
    if kind is not OrderKind.MARKET or asked is None:
        raise InputError("deviation: is only for market orders with an order_price", "deviation")
    if not 0 <= body.deviation <= MAX_POINTS:
        raise InputError(f"deviation: must be from 0 to {MAX_POINTS} points", "deviation")
    return body.deviation


def _price(instrument: Instrument, value: Decimal | None, field: str) -> int | None:
    """A price in ticks; null and 0 mean none (the real service's clients send 0)."""
    if value is None or value.is_zero():
        return None
    ticks = price_ticks(instrument, value, field)
    if ticks < 0:
        raise InputError(f"{field}: must be positive", field)
    return ticks


def _level(instrument: Instrument, value: Decimal | UnsetType | None, field: str) -> int | None:
    """A stop or target of a change: None leaves it, 0 removes it."""
    if value is UNSET:
        return None
    return _price(instrument, value, field) or 0


def _expiration(body: Leg, now: int) -> int | None:
    policy = body.expiration_police
    if policy is None:
        policy = ExpirationPolicy.GTC if body.time_expiration is None else ExpirationPolicy.SPECIFIED
    if policy is ExpirationPolicy.GTC:
        return None
    if policy is ExpirationPolicy.DAY:
        return _day_end(now)
    if body.time_expiration is None:
        raise InputError("time_expiration: is needed for this expiration_police", "time_expiration")
    expires = _future(body.time_expiration, now)
    return expires if policy is ExpirationPolicy.SPECIFIED else _day_end(expires)


def _future(value: Instant, now: int) -> int:
    expires = instant(value, "time_expiration")
    if expires >= _LATEST:
        raise InputError("time_expiration: is too far away", "time_expiration")
    if expires <= now:
        raise InputError("time_expiration: has passed already", "time_expiration")
    return expires


def _day_end(time: int) -> int:
    """Server midnight (UTC) after an instant."""
    return (time // DAY + 1) * DAY


def _text(value: str | None, field: str) -> str | None:
    if value is not None and len(value) > MAX_TEXT:
        raise InputError(f"{field}: is longer than {MAX_TEXT} characters", field)
    return value or None
