"""REST bodies of the channels API to engine commands (extension): decimals exact, refusals name the field."""

from __future__ import annotations

from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType

from embedded_server.model.commands import ModifyPosition, PlaceOrder
from embedded_server.model.enums import OrderKind, Side, TimeInForce
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import PositionState
from embedded_server.protocols.channels.projection import ACCOUNT, EXCHANGE, trailing_ticks
from embedded_server.protocols.exact_numbers import price_ticks, quantity_lots
from embedded_server.protocols.json_input import InputError, printable

MAX_REFERENCE = 64
_TIMES_IN_FORCE = {TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}


class CreateOrder(Struct, frozen=True, kw_only=True):
    """`POST /api/v1/orders`: fields as in the orders channel; numbers may be texts."""

    symbol: str
    side: Side
    type: OrderKind
    amount: Decimal
    exchange: str = EXCHANGE
    price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    client_order_id: str | None = None


class Stops(Struct, frozen=True, kw_only=True):
    """`POST /api/v1/positions/{symbol}/stops`: absent stays, null removes; `trailing_stop` in percent."""

    stop_loss: Decimal | UnsetType | None = UNSET
    take_profit: Decimal | UnsetType | None = UNSET
    trailing_stop: Decimal | UnsetType | None = UNSET


def place_order(body: CreateOrder, instrument: Instrument) -> PlaceOrder:
    """The command of a create body; raises `InputError`."""
    if body.exchange != EXCHANGE:
        raise InputError(f"exchange: unknown exchange {printable(body.exchange)}", "exchange")
    _check_prices(body)
    if body.time_in_force not in _TIMES_IN_FORCE:
        raise InputError("time_in_force: must be gtc, ioc or fok", "time_in_force")
    if body.client_order_id is not None and not 0 < len(body.client_order_id) <= MAX_REFERENCE:
        raise InputError(f"client_order_id: from 1 to {MAX_REFERENCE} characters", "client_order_id")
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
        time_in_force=body.time_in_force,
        reference=body.client_order_id,
    )


def modify_stops(body: Stops, position: PositionState, instrument: Instrument) -> ModifyPosition:
    """The command of a stops body; raises `InputError`."""
    return ModifyPosition(
        account=ACCOUNT,
        position_id=position.id,
        stop_loss=_level(instrument, body.stop_loss, "stop_loss"),
        take_profit=_level(instrument, body.take_profit, "take_profit"),
        trailing_ticks=_trailing(body.trailing_stop, position),
    )


def _check_prices(body: CreateOrder) -> None:
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


def _trailing(value: Decimal | UnsetType | None, position: PositionState) -> int | None:
    if value is UNSET:
        return None
    if value is None:
        return 0
    if not value.is_finite() or not Decimal("0.01") <= value <= 50:
        raise InputError("trailing_stop: must be from 0.01 to 50 percent", "trailing_stop")
    return trailing_ticks(position.entry_price, value)
