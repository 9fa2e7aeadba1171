"""OneTrade's messages as read (onetrade.md, Incoming Messages; the REST bodies of CLARIFICATIONS.md)."""

from __future__ import annotations

from msgspec import Struct

from tui_trader.protocols.json_reading import Figure, reader
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
    contract_size: Figure = 1.0
    tick_size: float | None = None
    min_value: float | None = None
    max_value: Figure | None = None
    step: float | None = None


class OrderBody(Struct):
    """Order Interface, with the extensions after `time_setup`."""

    id: Id
    symbol: SymbolBody
    type: Code
    side: Code
    volume_initial: Figure
    volume_current: Figure
    symbol_id: int = 0
    price_order: Figure | None = None
    price_current: Figure | None = None
    price_sl: Figure | None = None
    price_tp: Figure | None = None
    status: Code = 0
    reason: Code | None = None
    comment: str | None = None
    external_id: str | None = None
    created_at: Time = None
    updated_at: Time = None
    time_expiration: Time = None
    time_setup: Time = None
    price_stop_limit: Figure | None = None
    time_offer_expiration: Time = None
    trailing_stop: int | None = None
    oco_group: str | None = None


class PositionBody(Struct):
    """Position Interface, with the extension `trailing_stop`, in points."""

    id: Id
    symbol: SymbolBody
    side: Code
    volume_current: Figure
    price_open: Figure
    price_current: Figure | None = None
    price_sl: Figure | None = None
    price_tp: Figure | None = None
    profit: Figure | None = None
    swaps: Figure | None = None
    status: Code = 0
    created_at: Time = None
    trailing_stop: int | None = None


class DealBody(Struct):
    """Deal Interface."""

    id: Id
    order_id: Id
    symbol: SymbolBody
    side: Code
    volume: Figure
    price: Figure
    position_id: Id | None = None
    profit: Figure | None = None
    commission: Figure | None = None
    fee: Figure | None = None
    reason: Code | None = None
    direction: Code | None = None
    swap: Figure | None = None
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
    leverage: Figure | None = None
    balance: Figure | None = None
    equity: Figure | None = None
    profit: Figure | None = None
    margin: Figure | None = None
    margin_free: Figure | None = None
    margin_level: Figure | None = None


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
