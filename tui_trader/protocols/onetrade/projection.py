"""OneTrade's orders, positions, deals and symbols in the console's words."""

from __future__ import annotations

from tui_trader.model.values import (
    Account,
    Deal,
    Instrument,
    Order,
    OrderKind,
    OrderStatus,
    Position,
    TimeInForce,
)
from tui_trader.protocols.json_reading import milliseconds
from tui_trader.protocols.onetrade import enums
from tui_trader.protocols.onetrade.messages import (
    AccountBody,
    DealBody,
    Id,
    OrderBody,
    PositionBody,
    SymbolBody,
)
from tui_trader.protocols.sanitising import SHORT, clean_optional, symbol
from tui_trader.protocols.steps import usable
from tui_trader.protocols.typed_frames import required

OFFER_SECONDS = 5.0
"""How long an offer is taken to hold when the order does not say."""
_MAX_DIGITS = 10


def identifier(value: Id, what: str) -> str:
    """Return a server's id as text."""
    return str(value) if isinstance(value, int) else required(value, what)


def order(link: str, body: OrderBody) -> Order:
    """Read an Order. A stop-limit triggers at `price_order` and rests at the extension `price_stop_limit`."""
    kind, status = enums.order_kind(body.type), enums.order_status(body.status)
    filled = round(body.volume_initial - body.volume_current, 8)
    stops = kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    rejected = status is OrderStatus.REJECTED and body.comment
    expires = milliseconds(body.time_expiration)
    return Order(
        link=link,
        id=identifier(body.id, "order id"),
        symbol=symbol(body.symbol.symbol),
        side=enums.side(body.side),
        kind=kind,
        status=status,
        quantity=body.volume_initial,
        filled=body.volume_initial if status is OrderStatus.FILLED else filled,
        price=body.price_stop_limit if stops else body.price_order or None,
        stop_price=body.price_order if stops else None,
        average_price=body.price_current if status is OrderStatus.FILLED else None,
        stop_loss=body.price_sl or None,
        take_profit=body.price_tp or None,
        trailing=_distance(body.trailing_stop, body.symbol),
        oco=clean_optional(body.oco_group, SHORT) or None,
        time_in_force=None if expires is None else TimeInForce.GTD,
        expires_ms=expires,
        offer_price=body.price_current if status is OrderStatus.REQUOTED else None,
        reference=clean_optional(body.external_id, SHORT) or None,
        comment=clean_optional(body.comment),
        # A rejected order says why in its comment.
        reason=clean_optional(body.comment) if rejected else enums.reason(body.reason),
        created_ms=milliseconds(body.created_at) or milliseconds(body.time_setup),
        updated_ms=milliseconds(body.updated_at),
    )


def offer_seconds(body: OrderBody) -> float:
    """Give how long an offer holds from its arrival, by the server's own clock where the order tells."""
    expires, updated = milliseconds(body.time_offer_expiration), milliseconds(body.updated_at)
    if expires is None or updated is None or expires <= updated:
        return OFFER_SECONDS
    return (expires - updated) / 1_000


def position(link: str, body: PositionBody) -> Position:
    """Read a Position."""
    return Position(
        link=link,
        id=identifier(body.id, "position id"),
        symbol=symbol(body.symbol.symbol),
        side=enums.side(body.side),
        quantity=body.volume_current,
        entry_price=body.price_open,
        mark_price=body.price_current,
        unrealised=body.profit,
        swap=body.swaps,
        stop_loss=body.price_sl or None,
        take_profit=body.price_tp or None,
        trailing=_distance(body.trailing_stop, body.symbol),
        opened_ms=milliseconds(body.created_at),
    )


def _distance(points: int | None, body: SymbolBody) -> float | None:
    """A trailing stop's points as a difference of prices."""
    return round(points * _tick(body), _MAX_DIGITS) if points else None


def _tick(body: SymbolBody) -> float:
    return usable(body.tick_size, 10.0 ** -min(max(body.digits, 0), _MAX_DIGITS))


def deal(link: str, body: DealBody) -> Deal:
    """Read a Deal; its fee is commission and fee as a cost (positive), swap is part of its profit."""
    return Deal(
        link=link,
        id=identifier(body.id, "deal id"),
        order_id=identifier(body.order_id, "order id"),
        symbol=symbol(body.symbol.symbol),
        side=enums.side(body.side),
        quantity=body.volume,
        price=body.price,
        position_id="" if body.position_id is None else identifier(body.position_id, "position id"),
        profit=None if body.profit is None else body.profit + (body.swap or 0.0),
        fee=_fee(body),
        reason=enums.reason(body.reason),
        closing=enums.closes(body.direction),
        time_ms=milliseconds(body.created_at),
    )


def _fee(body: DealBody) -> float | None:
    if body.commission is None and body.fee is None:
        return None
    return -((body.commission or 0.0) + (body.fee or 0.0)) or 0.0


def instrument(link: str, body: SymbolBody) -> Instrument:
    """Read a row of `GET symbols`; quantities are lots."""
    digits = min(max(body.digits, 0), _MAX_DIGITS)
    step = usable(body.step, usable(body.min_value, 0.01))
    key = symbol(body.symbol)
    return Instrument(
        key=key,
        symbol=key,
        link=link,
        kind="forex",
        price_digits=digits,
        quantity_digits=_decimals(step),
        tick_size=_tick(body),
        quantity_step=step,
        minimum_quantity=body.min_value,
        maximum_quantity=body.max_value,
        contract_size=body.contract_size,
        quote_currency=clean_optional(body.quote_currency, 8),
        symbol_id=body.id,
        description=clean_optional(body.desc, SHORT),
    )


def account(link: str, body: AccountBody) -> Account:
    """Read the account's totals."""
    return Account(
        link=link,
        currency=clean_optional(body.currency, 8),
        balance=body.balance,
        equity=body.equity,
        margin=body.margin,
        free_margin=body.margin_free,
        margin_level_percent=body.margin_level,
        profit=body.profit,
        leverage=body.leverage,
    )


def _decimals(step: float) -> int:
    digits = 0
    while digits < _MAX_DIGITS and abs(round(step, digits) - step) > step * 1e-6:
        digits += 1
    return digits
