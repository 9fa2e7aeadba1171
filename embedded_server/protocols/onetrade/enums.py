"""OneTrade's integer enums and which words of the engine they stand for (CLARIFICATIONS.md, onetrade)."""

from __future__ import annotations

from enum import IntEnum

from embedded_server.model import enums as model
from embedded_server.model.states import OrderState


class OrderType(IntEnum):
    """Kind and side of an order in one number."""

    MARKET = 0
    BUY_LIMIT = 1
    BUY_STOP = 2
    SELL_LIMIT = 3
    SELL_STOP = 4
    BUY_STOP_LIMIT = 5
    SELL_STOP_LIMIT = 6


class OrderStatus(IntEnum):
    """Life of an order; the document's PENDING default is `PLACED`."""

    PLACED = 0
    STARTED = 1
    PARTIALLY_FILLED = 2
    FILLED = 3
    CANCELED = 4
    REJECTED = 5
    EXPIRED = 6
    REQUOTED = 7


class SideType(IntEnum):
    """Side of an order, position or deal; balance and credit deals move money only."""

    BUY = 0
    SELL = 1
    BALANCE = 2
    CREDIT = 3


class PositionStatus(IntEnum):
    """Life of a position; `CLOSING` while an order that closes it waits for the dealer."""

    OPEN = 0
    CLOSING = 1
    CLOSED = 2


class DirectionType(IntEnum):
    """Whether a deal opened or closed."""

    IN = 0
    OUT = 1


class ChannelType(IntEnum):
    """Where an order came from."""

    MOBILE = 0
    WEB = 1
    DESKTOP = 2
    API = 3
    SCRIPT = 4
    SYSTEM = 5
    SDK = 6


class ReasonType(IntEnum):
    """Why an order, deal or position came to be."""

    CLIENT = 0
    SCRIPT = 1
    DEALER = 2
    STOP_LOSS = 3
    TAKE_PROFIT = 4
    TAKE_PROFIT_STOP_LOSS = 5
    STOP_OUT = 6
    ROLLOVER = 7
    EXTERNAL_CLIENT = 8
    VARIATION_MARGIN = 9
    GATEWAY = 10
    SIGNAL = 11
    SETTLEMENT = 12
    TRANSFER = 13
    SYNCHRONIZATION = 14
    EXTERNAL_SERVICE = 15
    MOBILE = 16
    WEB = 17
    SPLIT = 18
    MIGRATION = 19


class ReportType(IntEnum):
    """What a report is about (extension)."""

    STATEMENT = 0
    TRADES = 1
    ORDERS = 2


class ReportStatus(IntEnum):
    """Whether a report can be fetched (extension)."""

    REQUESTED = 0
    READY = 1
    FAILED = 2


class ExpirationPolicy(IntEnum):
    """How long an order works: `expiration_police` of the create body."""

    GTC = 0
    DAY = 1
    SPECIFIED = 2
    SPECIFIED_DAY = 3


ORDER_KINDS = {
    OrderType.MARKET: model.OrderKind.MARKET,
    OrderType.BUY_LIMIT: model.OrderKind.LIMIT,
    OrderType.SELL_LIMIT: model.OrderKind.LIMIT,
    OrderType.BUY_STOP: model.OrderKind.STOP,
    OrderType.SELL_STOP: model.OrderKind.STOP,
    OrderType.BUY_STOP_LIMIT: model.OrderKind.STOP_LIMIT,
    OrderType.SELL_STOP_LIMIT: model.OrderKind.STOP_LIMIT,
}

SIDES = {SideType.BUY: model.Side.BUY, SideType.SELL: model.Side.SELL}

_TYPES = {
    (model.OrderKind.LIMIT, model.Side.BUY): OrderType.BUY_LIMIT,
    (model.OrderKind.LIMIT, model.Side.SELL): OrderType.SELL_LIMIT,
    (model.OrderKind.STOP, model.Side.BUY): OrderType.BUY_STOP,
    (model.OrderKind.STOP, model.Side.SELL): OrderType.SELL_STOP,
    (model.OrderKind.STOP_LIMIT, model.Side.BUY): OrderType.BUY_STOP_LIMIT,
    (model.OrderKind.STOP_LIMIT, model.Side.SELL): OrderType.SELL_STOP_LIMIT,
}

ORDER_STATUSES = {
    model.OrderStatus.NEW: OrderStatus.PLACED,
    model.OrderStatus.WORKING: OrderStatus.PLACED,
    model.OrderStatus.DEALING: OrderStatus.STARTED,
    model.OrderStatus.REQUOTED: OrderStatus.REQUOTED,
    model.OrderStatus.PARTIALLY_FILLED: OrderStatus.PARTIALLY_FILLED,
    model.OrderStatus.FILLED: OrderStatus.FILLED,
    model.OrderStatus.CANCELED: OrderStatus.CANCELED,
    model.OrderStatus.REJECTED: OrderStatus.REJECTED,
    model.OrderStatus.EXPIRED: OrderStatus.EXPIRED,
}

SIDE_TYPES = {model.Side.BUY: SideType.BUY, model.Side.SELL: SideType.SELL}

DIRECTIONS = {model.Direction.IN: DirectionType.IN, model.Direction.OUT: DirectionType.OUT}

REASONS = {
    model.Reason.CLIENT: ReasonType.CLIENT,
    model.Reason.STRATEGY: ReasonType.SCRIPT,
    model.Reason.SIGNAL: ReasonType.SIGNAL,
    model.Reason.STOP_LOSS: ReasonType.STOP_LOSS,
    model.Reason.TAKE_PROFIT: ReasonType.TAKE_PROFIT,
    model.Reason.TRAILING_STOP: ReasonType.STOP_LOSS,
    model.Reason.STOP_OUT: ReasonType.STOP_OUT,
    model.Reason.LIQUIDATION: ReasonType.STOP_OUT,
    model.Reason.ROLLOVER: ReasonType.ROLLOVER,
    model.Reason.OCO: ReasonType.TAKE_PROFIT_STOP_LOSS,
    model.Reason.KILL_SWITCH: ReasonType.DEALER,
    model.Reason.RISK_LIMIT: ReasonType.DEALER,
    model.Reason.DEALER: ReasonType.DEALER,
    model.Reason.EXPIRY: ReasonType.EXTERNAL_SERVICE,
}
"""A trailing stop is a stop loss that moved; an OCO sibling belongs to a stop-and-target pair."""

CHANNELS = {member.name.lower(): member for member in ChannelType}

REPORT_TYPES = {member.name.lower(): member for member in ReportType}

REPORT_STATUSES = {member.name.lower(): member for member in ReportStatus}


def order_type(order: OrderState) -> OrderType:
    """Kind and side of an order as OneTrade numbers them."""
    return _TYPES.get((order.kind, order.side), OrderType.MARKET)


def channel(name: str) -> ChannelType:
    """The channel an engine's order names; unknown ones are `SYSTEM`."""
    return CHANNELS.get(name, ChannelType.SYSTEM)
