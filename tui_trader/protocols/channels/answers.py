"""Answers to the signed REST requests of the channels API (*extension*)."""

from __future__ import annotations

from tui_trader.model.events import (
    AccountUpdated,
    Event,
    NoticeReceived,
    OrdersFound,
    OrdersReplaced,
    PositionsReplaced,
)
from tui_trader.model.values import Account, Severity
from tui_trader.protocols.channels import account, messages
from tui_trader.protocols.channels.requests import FIND
from tui_trader.protocols.codec import Decoded, HttpRequest
from tui_trader.protocols.rest_answers import REFUSED, command_answers, refusal
from tui_trader.protocols.sanitising import clean


def read_answer(link: str, request: HttpRequest, status: int, body: bytes) -> Decoded:
    """Read an answer by the purpose of its request. Raises `ProtocolError` for a list that cannot be read."""
    purpose, _, reference = request.purpose.partition(":")
    if purpose == FIND:
        return _found(link, reference, status, body)
    if request.purpose not in {"orders", "positions", "account"}:
        return Decoded(command_answers(link, request, status, body))
    if status >= REFUSED:
        text = f"{request.purpose}: {refusal(status, body)}"
        return Decoded((NoticeReceived(link, Severity.ERROR, text, str(status)),))
    return Decoded((_list(link, request.purpose, body),))


def _found(link: str, reference: str, status: int, body: bytes) -> Decoded:
    """The order of this name, whatever else an exchange without the extension lists."""
    if status >= REFUSED:
        return Decoded()
    orders = (account.order(link, row) for row in messages.read_orders(body))
    return Decoded(
        (OrdersFound(link, (reference,), tuple(one for one in orders if one.reference == reference)),)
    )


def _list(link: str, what: str, body: bytes) -> Event:
    match what:
        case "orders":
            orders = (account.order(link, row) for row in messages.read_orders(body))
            return OrdersReplaced(link, tuple(order for order in orders if not order.status.terminal))
        case "positions":
            rows = messages.read_positions(body)
            return PositionsReplaced(link, tuple(account.position(link, row) for row in rows if row.amount))
        case _:
            totals = messages.read_account(body)
            return AccountUpdated(
                Account(
                    link=link,
                    currency=clean(totals.currency, 8),
                    balance=totals.balance,
                    equity=totals.equity,
                    free_margin=totals.available,
                    profit=totals.unrealized_pnl,
                )
            )
