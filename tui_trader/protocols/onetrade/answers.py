"""Answers to OneTrade's REST calls, and what they leave behind: whose account it is, and symbols by id.

An order or position event that arrives while its list is under way makes the list old: it is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable

from tui_trader.model.events import (
    AccountUpdated,
    DealsListed,
    Event,
    InstrumentsListed,
    NoticeReceived,
    OrdersFound,
    OrdersReplaced,
    PositionsReplaced,
    RequoteEnded,
)
from tui_trader.model.values import Instrument, OrderKind, Severity
from tui_trader.protocols.codec import Decoded, HttpRequest
from tui_trader.protocols.json_reading import rows
from tui_trader.protocols.list_ages import ListAges
from tui_trader.protocols.onetrade import enums, messages, projection
from tui_trader.protocols.onetrade.requests import Owner
from tui_trader.protocols.rest_answers import REFUSED, command_answer, command_answers, refusal
from tui_trader.protocols.typed_frames import left_out

Events = tuple[Event, ...]
_NOT_FOUND, _CONFLICT = 404, 409
FIND = "orders_history"
_DEALS = 1_000
_DISPENSABLE = frozenset({"deals"})
"""Lists that are good to have; a server without them is not complained about."""


class Answers:
    """Reads answers by the purpose of their request."""

    def __init__(self, link: str) -> None:
        self._link = link
        self.owner: Owner | None = None
        self.instruments: dict[str, Instrument] = {}
        self.symbols: dict[int, str] = {}
        self.stop_limits: set[str] = set()
        """Ids of working orders that have two prices."""
        self.ask_again = False
        self.ages = ListAges()
        self._readers: dict[str, Callable[[bytes], Events]] = {
            "account": self._account,
            "symbols": self._symbols,
            "orders": self._orders,
            "positions": self._positions,
            "deals": self._deals,
        }

    def meet(self, body: messages.SymbolBody) -> None:
        """Know a symbol by what an order, a position or a deal says of it, until the list comes."""
        if body.id and body.id not in self.symbols:
            instrument = projection.instrument(self._link, body)
            self.instruments.setdefault(instrument.key, instrument)
            self.symbols[body.id] = instrument.key

    def listed(self) -> InstrumentsListed:
        """All symbols that are known."""
        return InstrumentsListed(self._link, tuple(self.instruments.values()))

    def read(self, request: HttpRequest, status: int, body: bytes) -> Decoded:
        """Read one answer. Raises `ProtocolError` for a list that cannot be read."""
        self.ask_again = False
        purpose, _, references = request.purpose.partition(":")
        if purpose == FIND:
            return self._found(tuple(references.split(",")), status, body)
        reader = self._readers.get(request.purpose)
        if reader is None:
            return Decoded(self._command(request, status, body))
        if status >= REFUSED and request.purpose in _DISPENSABLE:
            return Decoded()
        if status >= REFUSED:
            return Decoded((self._no_list(request.purpose, status, body),))
        if self.ages.is_old(request.purpose):
            self.ask_again = True
            return Decoded()
        return Decoded(reader(body))

    def _no_list(self, what: str, status: int, body: bytes) -> Event:
        if status == _NOT_FOUND:
            text = f"this server does not tell its {what} when asked"
            return NoticeReceived(self._link, Severity.WARNING, text, str(status))
        return NoticeReceived(self._link, Severity.ERROR, f"{what}: {refusal(status, body)}", str(status))

    def _command(self, request: HttpRequest, status: int, body: bytes) -> tuple[Event, ...]:
        purpose, _, order_id = request.purpose.partition(":")
        if purpose != "approve":
            return command_answers(self._link, request, status, body)
        answer = command_answer(self._link, request, status, body, order_id)
        if status == _CONFLICT:
            return answer, RequoteEnded(self._link, order_id, refusal(status, body))
        return (answer,)

    def _account(self, body: bytes) -> Events:
        account = messages.read_account(body)
        self.owner = Owner(account.id, account.user_id)
        return (AccountUpdated(projection.account(self._link, account)),)

    def _symbols(self, body: bytes) -> Events:
        listed, wrong = rows(body, lambda row: projection.instrument(self._link, messages.read_symbol(row)))
        self.instruments = {instrument.key: instrument for instrument in listed}
        self.symbols = {
            instrument.symbol_id: instrument.key for instrument in listed if instrument.symbol_id is not None
        }
        return InstrumentsListed(self._link, listed), *left_out(self._link, wrong)

    def _orders(self, body: bytes) -> Events:
        orders = tuple(projection.order(self._link, row) for row in messages.read_orders(body))
        self.stop_limits = {order.id for order in orders if order.kind is OrderKind.STOP_LIMIT}
        return (OrdersReplaced(self._link, tuple(order for order in orders if not order.status.terminal)),)

    def _found(self, asked: tuple[str, ...], status: int, body: bytes) -> Decoded:
        """Those of the history that were asked for; a server without one leaves them unknown."""
        if status >= REFUSED:
            return Decoded()
        named = (row for row in messages.read_orders(body) if row.external_id in asked)
        found = tuple(projection.order(self._link, row) for row in named)
        return Decoded((OrdersFound(self._link, asked, found),))

    def _positions(self, body: bytes) -> Events:
        held = messages.read_positions(body)
        opened = tuple(
            projection.position(self._link, row) for row in held if enums.position_is_open(row.status)
        )
        return (PositionsReplaced(self._link, opened),)

    def _deals(self, body: bytes) -> Events:
        told = (row for row in messages.read_deals(body)[-_DEALS:] if not enums.moves_money_only(row.side))
        return (DealsListed(self._link, tuple(projection.deal(self._link, row) for row in told)),)
