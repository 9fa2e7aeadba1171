"""OneTrade's messages as read (onetrade.md, Incoming Messages; the REST bodies of CLARIFICATIONS.md)."""

from __future__ import annotations

from msgspec import Struct

from tui_trader.protocols.json_reading import reader
from tui_trader.protocols.onetrade.enums import Code

Id = int | str
Time = str | int | float | None


class SymbolBody(Struct):
    """The symbol object inside orders, positions and deals, and a row of `GET symbols`."""

    symbol: str
    id: int = 0
    desc: str | None = None
    quote_currency: str | None = None
    digits: int = 5
    contract_size: float = 1.0
    tick_size: float | None = None
    min_value: float | None = None
    max_value: float | None = None
    step: float | None = None


class OrderBody(Struct):
    """Order Interface, with the extensions after `time_setup`."""

    id: Id
    symbol: SymbolBody
    type: Code
    side: Code
    volume_initial: float
    volume_current: float
    symbol_id: int = 0
    price_order: float | None = None
    price_current: float | None = None
    price_sl: float | None = None
    price_tp: float | None = None
    status: Code = 0
    reason: Code | None = None
    comment: str | None = None
    external_id: str | None = None
    created_at: Time = None
    updated_at: Time = None
    time_expiration: Time = None
    time_setup: Time = None
    price_stop_limit: float | None = None
    time_offer_expiration: Time = None
    trailing_stop: int | None = None
    oco_group: str | None = None


class PositionBody(Struct):
    """Position Interface, with the extension `trailing_stop`, in points."""

    id: Id
    symbol: SymbolBody
    side: Code
    volume_current: float
    price_open: float
    price_current: float | None = None
    price_sl: float | None = None
    price_tp: float | None = None
    profit: float | None = None
    swaps: float | None = None
    status: Code = 0
    created_at: Time = None
    trailing_stop: int | None = None


class DealBody(Struct):
    """Deal Interface."""

    id: Id
    order_id: Id
    symbol: SymbolBody
    side: Code
    volume: float
    price: float
    position_id: Id | None = None
    profit: float | None = None
    commission: float | None = None
    fee: float | None = None
    reason: Code | None = None
    direction: Code | None = None
    swap: float | None = None
    created_at: Time = None


class JournalBody(Struct):
    """Journal Interface."""

    desc: str
    created_at: Time = None


class ReportBody(Struct):
    """Report Interface."""

    id: Id
    status: Code = 0
    kind: str | None = None
    desc: str | None = None
    url: str | None = None


class TextBody(Struct):
    """Data of `info` and `error`."""

    message: str


class LogoutBody(Struct):
    """Data of `session_logout`."""

    session_id: str


class AccountBody(Struct):
    """`GET account`."""

    id: int
    user_id: int = 0
    currency: str | None = None
    leverage: float | None = None
    balance: float | None = None
    equity: float | None = None
    profit: float | None = None
    margin: float | None = None
    margin_free: float | None = None
    margin_level: float | None = None


class TokensBody(Struct):
    """Tokens of a new session."""

    access_token: str
    session_id: str


class LoginBody(Struct):
    """Answer to the login."""

    data: TokensBody | None = None
    success: bool = False
    message: str | None = None


read_order = reader(OrderBody)
read_orders = reader(list[OrderBody])
read_position = reader(PositionBody)
read_positions = reader(list[PositionBody])
read_deals = reader(list[DealBody])
read_deal = reader(DealBody)
read_journal = reader(JournalBody)
read_report = reader(ReportBody)
read_text = reader(TextBody)
read_logout = reader(LogoutBody)
read_account = reader(AccountBody)
read_symbol = reader(SymbolBody)
read_login = reader(LoginBody)
