"""OneTrade's events and requests. Subscriptions are restored before anything else is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from tui_trader.model.commands import (
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    Command,
    ModifyOrder,
    ModifyPosition,
    PlaceOrder,
    RefreshAccount,
    WatchQuotes,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.events import (
    DealDone,
    Event,
    JournalReceived,
    OrderUpdated,
    PositionRemoved,
    PositionUpdated,
    RequoteEnded,
    RequoteOffered,
    SessionEnded,
)
from tui_trader.model.values import LinkState, Order, OrderKind, OrderStatus, Severity
from tui_trader.protocols.codec import (
    Backoff,
    Decoded,
    Endpoint,
    Frame,
    Heartbeat,
    HttpCall,
    HttpRequest,
    Outgoing,
)
from tui_trader.protocols.json_reading import milliseconds, write
from tui_trader.protocols.onetrade import enums, messages, projection, requests
from tui_trader.protocols.onetrade.answers import Answers
from tui_trader.protocols.onetrade.binary_frames import read_record
from tui_trader.protocols.onetrade.session import Session
from tui_trader.protocols.sanitising import clean, clean_optional
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame

_HEARTBEAT = Heartbeat(interval=30.0, timeout=10.0, frame=lambda now_ms: "9", at_once=True)
_START = Frame(write({"type": "start_account_all", "data": None}))
_ACCOUNT_INTERVAL_MS = 3_000
_ENDINGS = {
    OrderStatus.FILLED: "filled",
    OrderStatus.PARTIALLY_FILLED: "partly filled",
    OrderStatus.CANCELED: "refused: the order is canceled",
    OrderStatus.EXPIRED: "the offer ran out",
    OrderStatus.REJECTED: "the dealer rejected the order",
    OrderStatus.DEALING: "accepted: the order is with the dealer again",
    OrderStatus.WORKING: "withdrawn: the order works again",
}


class OneTradeCodec(TypedCodec):
    """onetrade.md."""

    protocol: ClassVar[str] = "onetrade"
    commands = frozenset(
        {
            PlaceOrder,
            ModifyOrder,
            CancelOrder,
            ClosePosition,
            ModifyPosition,
            AnswerRequote,
            RefreshAccount,
            WatchQuotes,
        }
    )

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self.session = Session(endpoint)
        self._answers = Answers(link)
        self._offered: set[str] = set()
        self._stop_limits: set[str] = set()
        self._account_asked_ms = 0

    @property
    def heartbeat(self) -> Heartbeat:
        """onetrade.md, Heartbeat: "9" at once and every 30 s, answered by "10"."""
        return _HEARTBEAT

    @property
    def backoff(self) -> Backoff:
        """onetrade.md, Reconnection Flow, names no waits."""
        return Backoff((1.0, 2.0, 4.0, 8.0, 10.0), None)

    def handlers(self) -> Mapping[str, Handler]:
        """onetrade.md, Incoming Messages."""
        return {
            "orders_place": self._order,
            "orders_update": self._order,
            "orders_cancel": self._order,
            "orders_expired": self._order,
            "orders_rejected": self._order,
            "dealing_order_requote": self._requote,
            "positions_open": partial(self._position, False),
            "positions_update": partial(self._position, False),
            "positions_close": partial(self._position, True),
            "deals_create": self._deal,
            "deals_update": self._deal,
            "journal_create": self._journal,
            "report_create": self._report,
            "info": partial(self._text, Severity.INFO),
            "error": partial(self._text, Severity.ERROR),
            "session_logout": self._logout,
            "pong": lambda frame, now_ms: Decoded(ready=True),
        }

    async def prepare(self, call: HttpCall) -> tuple[str, Mapping[str, str]]:
        """onetrade.md, Connection Flow: sign in, check the session, then connect."""
        if self.session.endpoint is not self.endpoint:
            self.session = Session(self.endpoint)
        return await self.session.open(call), {}

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Restore the account's and the symbols' subscriptions, then ask for what was missed."""
        self._account_asked_ms = now_ms
        subscriptions = tuple(map(_subscribe, self._answers.symbols))
        return (_START, *subscriptions, *map(self._get, ("account", "symbols", "orders", "positions")))

    def decode(self, data: str | bytes, now_ms: int) -> Decoded:
        """Read a binary record, the heartbeat's answer (before JSON: "10" is valid JSON), or an event."""
        if isinstance(data, bytes):
            event = read_record(self.link, data, self._answers.symbols)
            return Decoded(() if event is None else (event,), self._refresh(now_ms), ready=True)
        if data == "10":
            return Decoded((), self._refresh(now_ms), ready=True, heartbeat_answered=True)
        return super().decode(data, now_ms)

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode a command as the REST request it is (CLARIFICATIONS.md, onetrade)."""
        headers = self.session.headers
        match command:
            case WatchQuotes():
                return ()  # every listed symbol is subscribed as soon as it is listed
            case RefreshAccount():
                self._account_asked_ms = now_ms
                return tuple(map(self._get, ("account", "orders", "positions")))
            case PlaceOrder():
                instrument = self._answers.instruments.get(command.symbol)
                return (requests.place(command, instrument, self._owner(), headers),)
            case AnswerRequote():
                return (requests.approve(command, self._owner(), headers),)
            case _:
                return (self._change(command, headers),)

    def _change(self, command: Command, headers: Mapping[str, str]) -> HttpRequest:
        match command:
            case ModifyOrder():
                return requests.modify(command, headers, stop_limit=command.order_id in self._stop_limits)
            case CancelOrder():
                return requests.cancel(command, headers)
            case ClosePosition():
                return requests.close(command, headers)
            case ModifyPosition():
                return requests.protect(command, headers)
            case _:
                raise CommandError(f"OneTrade cannot carry {type(command).__name__}")

    def decode_response(self, request: HttpRequest, status: int, body: bytes) -> Decoded:
        """Read a REST answer; newly listed symbols are subscribed."""
        known = set(self._answers.symbols)
        decoded = self._answers.read(request, status, body)
        fresh = tuple(_subscribe(number) for number in self._answers.symbols if number not in known)
        again = (self._get(request.purpose),) if self._answers.ask_again else ()
        return Decoded(decoded.events, (*fresh, *again)) if fresh or again else decoded

    def closed(self, code: int, reason: str) -> Sequence[Event]:
        """Offers do not outlive their connection: what became of them is told after reconnecting."""
        ended = tuple(RequoteEnded(self.link, id, "the connection was lost") for id in self._offered)
        self._offered.clear()
        return ended

    def _owner(self) -> requests.Owner:
        if self._answers.owner is None:
            raise CommandError("the account is not loaded yet; try again in a moment")
        return self._answers.owner

    def _get(self, what: str) -> HttpRequest:
        self._answers.asked(what)
        return requests.get(what, self.session.headers)

    def _refresh(self, now_ms: int) -> Sequence[Outgoing]:
        """Totals of the account come by no event: ask for them every few seconds while anything arrives."""
        if now_ms - self._account_asked_ms < _ACCOUNT_INTERVAL_MS:
            return ()
        self._account_asked_ms = now_ms
        return (self._get("account"),)

    def _order(self, frame: TypedFrame, now_ms: int) -> Decoded:
        order = self._read_order(messages.read_order(frame.data))
        events: list[Event] = [OrderUpdated(order)]
        if order.id in self._offered and order.status is not OrderStatus.REQUOTED:
            self._offered.discard(order.id)
            events.append(RequoteEnded(self.link, order.id, _ENDINGS.get(order.status, order.status.value)))
        return Decoded(events, self._refresh(now_ms), ready=True)

    def _read_order(self, body: messages.OrderBody) -> Order:
        order = projection.order(self.link, body)
        self._answers.order_changed()
        if order.kind is OrderKind.STOP_LIMIT and not order.status.terminal:
            self._stop_limits.add(order.id)
        else:
            self._stop_limits.discard(order.id)
        return order

    def _requote(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_order(frame.data)
        order = self._read_order(body)
        if order.status is not OrderStatus.REQUOTED:
            return Decoded((OrderUpdated(order),), ready=True)
        self._offered.add(order.id)
        offer = RequoteOffered(
            order=order, old_price=body.price_order or None, valid_seconds=projection.offer_seconds(body)
        )
        return Decoded((offer, OrderUpdated(order)), ready=True)

    def _position(self, closing: bool, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_position(frame.data)
        position = projection.position(self.link, body)
        self._answers.position_changed()
        if not enums.position_is_open(body.status) or (closing and not body.volume_current):
            return Decoded(
                (PositionRemoved(self.link, position.id, position.symbol),), self._refresh(now_ms), ready=True
            )
        return Decoded((PositionUpdated(position),), self._refresh(now_ms), ready=True)

    def _deal(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_deal(frame.data)
        events = () if enums.moves_money_only(body.side) else (DealDone(projection.deal(self.link, body)),)
        self._account_asked_ms = now_ms
        return Decoded(events, (self._get("account"),), ready=True)

    def _journal(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_journal(frame.data)
        line = JournalReceived(self.link, clean(body.desc), milliseconds(body.created_at))
        return Decoded((line,), ready=True)

    def _report(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_report(frame.data)
        text = f"report {clean_optional(body.desc) or projection.identifier(body.id, 'report id')} is ready"
        return Decoded((self.notice(Severity.INFO, text, "REPORT"),), ready=True)

    def _text(self, severity: Severity, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded((self.notice(severity, messages.read_text(frame.data).message),), ready=True)

    def _logout(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_logout(frame.data)
        tokens = self.session.tokens
        if tokens is None or body.session_id != tokens.session_id:
            return Decoded()
        self.session.end()
        ended = SessionEnded(self.link, "the session was logged out from another place")
        return Decoded((ended,), ended=LinkState.CONFLICT)


def _subscribe(number: int) -> Frame:
    return Frame(write({"type": "market_subscribe_symbol", "data": number}))
