"""REST bodies of the channels API to engine commands (extension): decimals exact, refusals name the field."""

from __future__ import annotations

from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType

from embedded_server.kernel.time import from_milliseconds
from embedded_server.model.commands import ModifyOrder, ModifyPosition, PlaceOcoOrders, PlaceOrder
from embedded_server.model.enums import OrderKind, Side, TimeInForce
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import OrderState, PositionState
from embedded_server.protocols.channels.projection import ACCOUNT, EXCHANGE, trailing_ticks
from embedded_server.protocols.exact_numbers import price_ticks, quantity_lots
from embedded_server.protocols.json_input import InputError, printable

MAX_REFERENCE = 64
OCO_ORDERS = 2
MOST_MILLISECONDS = 2**63 // 1_000_000
"""The last epoch millisecond that the engine can keep."""


class Leg(Struct, frozen=True, kw_only=True):
    """An order without its symbol: fields as in the orders channel; numbers may be texts.

    `trailing_distance` (a difference of prices): the trigger of a stop follows the price at it; of any other
    order the stop loss of the position it opens. `expires_at` (epoch ms) belongs to `gtd`.
    """

    side: Side
    type: OrderKind
    amount: Decimal
    price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    trailing_distance: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: int | None = None
    client_order_id: str | None = None


class CreateOrder(Leg, frozen=True, kw_only=True):
    """`POST /api/v1/orders`. Orders of one `oco_group`: the first that fills or ends cancels the others."""

    symbol: str
    exchange: str = EXCHANGE
    oco_group: str | None = None


class CreateOcoOrders(Struct, frozen=True, kw_only=True):
    """`POST /api/v1/orders/oco`: two orders that wait, each with its own `client_order_id`."""

    symbol: str
    orders: list[Leg]
    exchange: str = EXCHANGE
    oco_group: str | None = None


class ChangeOrder(Struct, frozen=True, kw_only=True):
    """`PATCH /api/v1/orders/{id}`: absent stays, null removes; `amount` is all of it."""

    amount: Decimal | UnsetType = UNSET
    price: Decimal | UnsetType = UNSET
    stop_price: Decimal | UnsetType = UNSET
    stop_loss: Decimal | UnsetType | None = UNSET
    take_profit: Decimal | UnsetType | None = UNSET
    trailing_distance: Decimal | UnsetType | None = UNSET
    expires_at: int | UnsetType | None = UNSET


class Stops(Struct, frozen=True, kw_only=True):
    """`POST /api/v1/positions/{symbol}/stops`: absent stays, null removes.

    `trailing_stop` is in percent of the average price, `trailing_distance` a difference of prices: one of
    them.
    """

    stop_loss: Decimal | UnsetType | None = UNSET
    take_profit: Decimal | UnsetType | None = UNSET
    trailing_stop: Decimal | UnsetType | None = UNSET
    trailing_distance: Decimal | UnsetType | None = UNSET


def place_order(body: CreateOrder, instrument: Instrument) -> PlaceOrder:
    """The command of a create body; raises `InputError`."""
    _check_exchange(body.exchange)
    return _leg(body, instrument, _name(body.oco_group, "oco_group"))


def place_together(body: CreateOcoOrders, instrument: Instrument) -> PlaceOcoOrders:
    """The command of an OCO body; raises `InputError`."""
    _check_exchange(body.exchange)
    if len(body.orders) != OCO_ORDERS:
        raise InputError(f"orders: {OCO_ORDERS} are expected", "orders")
    return PlaceOcoOrders(
        account=ACCOUNT,
        orders=tuple(_leg(leg, instrument, None) for leg in body.orders),
        oco_group=_name(body.oco_group, "oco_group"),
    )


def _leg(body: Leg, instrument: Instrument, group: str | None) -> PlaceOrder:
    _check_prices(body)
    if (body.expires_at is None) == (body.time_in_force is TimeInForce.GTD):
        need = "is needed for a gtd order" if body.expires_at is None else "belongs to a gtd order"
        raise InputError(f"expires_at: {need}", "expires_at")
    return PlaceOrder(
        account=ACCOUNT,
        instrument=instrument.key,
        side=body.side,
        kind=body.type,
        lots=quantity_lots(instrument, body.amount, "amount"),
        price=_price(instrument, body.price, "price"),
        stop_price=_price(instrument, body.stop_price, "stop_price"),
        stop_loss=_price(instrument, body.stop_loss, "stop_loss"),
        take_profit=_price(instrument, body.take_profit, "take_profit"),
        trailing_ticks=_price(instrument, body.trailing_distance, "trailing_distance"),
        time_in_force=body.time_in_force,
        expires_at=None if body.expires_at is None else _instant(body.expires_at),
        oco_group=group,
        reference=_name(body.client_order_id, "client_order_id"),
    )


def modify_order(body: ChangeOrder, order: OrderState, instrument: Instrument) -> ModifyOrder:
    """The command of a change body; raises `InputError`."""
    if all(getattr(body, name) is UNSET for name in ChangeOrder.__struct_fields__):
        raise InputError("nothing to change is given")
    expires = body.expires_at
    return ModifyOrder(
        account=ACCOUNT,
        order_id=order.id,
        lots=None if body.amount is UNSET else quantity_lots(instrument, body.amount, "amount"),
        price=None if body.price is UNSET else _price(instrument, body.price, "price"),
        stop_price=None if body.stop_price is UNSET else _price(instrument, body.stop_price, "stop_price"),
        stop_loss=_level(instrument, body.stop_loss, "stop_loss"),
        take_profit=_level(instrument, body.take_profit, "take_profit"),
        trailing_ticks=_level(instrument, body.trailing_distance, "trailing_distance"),
        expires_at=None if expires is UNSET else 0 if expires is None else _instant(expires),
    )


def modify_stops(body: Stops, position: PositionState, instrument: Instrument) -> ModifyPosition:
    """The command of a stops body; raises `InputError`."""
    return ModifyPosition(
        account=ACCOUNT,
        position_id=position.id,
        stop_loss=_level(instrument, body.stop_loss, "stop_loss"),
        take_profit=_level(instrument, body.take_profit, "take_profit"),
        trailing_ticks=_trailing(body, position, instrument),
    )


def _check_exchange(exchange: str) -> None:
    if exchange != EXCHANGE:
        raise InputError(f"exchange: unknown exchange {printable(exchange)}", "exchange")


def _name(text: str | None, field: str) -> str | None:
    if text is not None and not 0 < len(text) <= MAX_REFERENCE:
        raise InputError(f"{field}: from 1 to {MAX_REFERENCE} characters", field)
    return text


def _instant(milliseconds: int) -> int:
    if not 0 < milliseconds < MOST_MILLISECONDS:
        raise InputError("expires_at: must be epoch milliseconds", "expires_at")
    return from_milliseconds(milliseconds)


def _check_prices(body: Leg) -> None:
    """Which prices an order needs follows from its type."""
    for field, value, kinds in (
        ("price", body.price, {OrderKind.LIMIT, OrderKind.STOP_LIMIT}),
        ("stop_price", body.stop_price, {OrderKind.STOP, OrderKind.STOP_LIMIT}),
    ):
        if value is None and body.type in kinds:
            raise InputError(f"{field}: is needed for a {body.type.value} order", field)
        if value is not None and body.type not in kinds:
            raise InputError(f"{field}: does not belong to a {body.type.value} order", field)


def _price(instrument: Instrument, value: Decimal | None, field: str) -> int | None:
    if value is None:
        return None
    ticks = price_ticks(instrument, value, field)
    if ticks <= 0:
        raise InputError(f"{field}: must be positive", field)
    return ticks


def _level(instrument: Instrument, value: Decimal | UnsetType | None, field: str) -> int | None:
    """None leaves a level, 0 removes it."""
    if value is UNSET:
        return None
    return _price(instrument, value, field) or 0


def _trailing(body: Stops, position: PositionState, instrument: Instrument) -> int | None:
    value = body.trailing_stop
    if value is UNSET:
        return _level(instrument, body.trailing_distance, "trailing_distance")
    if body.trailing_distance is not UNSET:
        raise InputError("trailing_distance: trailing_stop is given already", "trailing_distance")
    if value is None:
        return 0
    if not value.is_finite() or not Decimal("0.01") <= value <= 50:
        raise InputError("trailing_stop: must be from 0.01 to 50 percent", "trailing_stop")
    return trailing_ticks(position.entry_price, value)
