"""OneTrade's events and requests. Subscriptions are restored before anything else is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from tui_trader.model.commands import (
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    Command,
    FindOrders,
    ModifyOrder,
    ModifyPosition,
    PlaceOcoOrders,
    PlaceOrder,
    RefreshAccount,
    RequestReport,
    UnwatchQuotes,
    WatchQuotes,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.events import Event, SessionEnded
from tui_trader.model.matters import Matter
from tui_trader.model.order_terms import OrderTerms
from tui_trader.model.values import LinkState, Severity, TimeInForce
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
from tui_trader.protocols.onetrade import client_messages, messages, requests
from tui_trader.protocols.onetrade.account_events import AccountEvents, Reading
from tui_trader.protocols.onetrade.answers import FIND, Answers
from tui_trader.protocols.onetrade.binary_frames import read_record
from tui_trader.protocols.onetrade.reports import ASK, FETCH, Reports
from tui_trader.protocols.onetrade.session import Session
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame

_HEARTBEAT = Heartbeat(30.0, 10.0, lambda now_ms: client_messages.HEARTBEAT, at_once=True)
_ACCOUNT_INTERVAL_MS = 3_000
_AFTER_DEAL_MS = 250
MOST_QUOTED = 60
"""Symbols that are subscribed: who sends more than 100 messages a minute is disconnected (RELIABILITY.md)."""


class OneTradeCodec(TypedCodec):
    """onetrade.md."""

    protocol: ClassVar[str] = "onetrade"
    commands = frozenset(
        {
            PlaceOrder,
            PlaceOcoOrders,
            ModifyOrder,
            CancelOrder,
            ClosePosition,
            ModifyPosition,
            AnswerRequote,
            RefreshAccount,
            RequestReport,
            WatchQuotes,
            UnwatchQuotes,
            FindOrders,
        }
    )
    tells = frozenset({Matter.ACCOUNTS, Matter.DEALS, Matter.ORDERS, Matter.POSITIONS, Matter.QUOTES})

    terms = OrderTerms(
        lasting=(TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD), deviation=True, trailing=True, pairs=True
    )

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)
        self._answers = Answers(link)
        self._events = AccountEvents(link, self._answers)
        self._reports = Reports(link)
        self._unwatched: set[str] = set()
        self._quoted: set[int] = set()
        self._left_out: list[int] = []
        self._told_unquoted = False
        self._account_asked_ms = 0
        super().__init__(link, endpoint)

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
        events = {kind: partial(self._event, read) for kind, read in self._events.readings().items()}
        return {
            **events,
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

    def take_over(self) -> None:
        """Displace the socket that holds the session (extension)."""
        self.session.take_over()

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Restore the account's and the symbols' subscriptions, then ask for what was missed."""
        self._account_asked_ms = now_ms
        self._quoted.clear()
        subscriptions = self._subscribe(self._answers.symbols)
        lists = map(self._get, ("account", "symbols", "orders", "positions", "deals"))
        return (client_messages.START_ACCOUNT, *subscriptions, *lists)

    def decode(self, data: str | bytes, now_ms: int) -> Decoded:
        """Read a binary record, the heartbeat's answer (before JSON: "10" is valid JSON), or an event."""
        if isinstance(data, bytes):
            event = read_record(self.link, data, self._answers.symbols)
            return Decoded(() if event is None else (event,), self._refresh(now_ms), ready=True)
        if data == client_messages.HEARTBEAT_ANSWER:
            return Decoded((), self._refresh(now_ms), ready=True, heartbeat_answered=True)
        return super().decode(data, now_ms)

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode a command; all that trade are REST requests (CLARIFICATIONS.md, onetrade)."""
        match command:
            case WatchQuotes():
                # Every listed symbol is subscribed as soon as it is listed, unless it was unwatched.
                again = self._unwatched & set(command.symbols)
                self._unwatched -= again
                return tuple(map(client_messages.subscribe, self._ids(again)))
            case UnwatchQuotes():
                self._unwatched.update(command.symbols)
                return tuple(map(client_messages.unsubscribe, self._ids(command.symbols)))
            case RefreshAccount():
                self._account_asked_ms = now_ms
                return tuple(map(self._get, ("account", "orders", "positions")))
            case FindOrders():
                return (requests.history(FIND, command.references, self.session.headers),)
            case _:
                return (self._request(command),)

    def _request(self, command: Command) -> HttpRequest:  # noqa: PLR0911 - one arm per kind of command
        headers = self.session.headers
        match command:
            case PlaceOrder():
                instrument = self._answers.instruments.get(command.symbol)
                return requests.place(command, instrument, self._owner(), headers)
            case PlaceOcoOrders():
                instrument = self._answers.instruments.get(command.symbol)
                return requests.place_together(command, instrument, self._owner(), headers)
            case AnswerRequote():
                return requests.approve(command, self._owner(), headers)
            case ModifyOrder():
                stop_limit = self._events.is_stop_limit(command.order_id)
                instrument = self._answers.instruments.get(command.symbol)
                return requests.modify(command, headers, instrument, stop_limit=stop_limit)
            case CancelOrder():
                return requests.cancel(command, headers)
            case ClosePosition():
                return requests.close(command, headers)
            case ModifyPosition():
                return requests.protect(command, headers, self._answers.instruments.get(command.symbol))
            case RequestReport():
                return self._reports.ask(command, self._owner(), headers)
            case _:
                raise CommandError(f"OneTrade cannot carry {type(command).__name__}")

    def decode_response(self, request: HttpRequest, status: int, body: bytes) -> Decoded:
        """Read a REST answer; newly listed symbols are subscribed."""
        purpose = request.purpose.partition(":")[0]
        if purpose == FETCH:
            return Decoded((self._reports.fetched(request, status, body),))
        known = set(self._answers.symbols)
        decoded = self._answers.read(request, status, body)
        if purpose == ASK:
            self._reports.asked(request, status, body)
            return Decoded(decoded.events, self._reports.due(self.session.headers))
        fresh = self._subscribe(number for number in self._answers.symbols if number not in known)
        events = (*decoded.events, *self._unquoted())
        again = (self._get(request.purpose),) if self._answers.ask_again else ()
        return Decoded(events, (*fresh, *again))

    def closed(self, code: int, reason: str) -> Sequence[Event]:
        """End open offers: what became of them is told after reconnecting."""
        return self._events.connection_lost()

    def _owner(self) -> requests.Owner:
        if self._answers.owner is None:
            raise CommandError("the account is not loaded yet; try again in a moment")
        return self._answers.owner

    def _ids(self, symbols: Iterable[str]) -> list[int]:
        instruments = (self._answers.instruments.get(key) for key in symbols)
        return [one.symbol_id for one in instruments if one is not None and one.symbol_id is not None]

    def _subscribe(self, numbers: Iterable[int]) -> Sequence[Frame]:
        """Subscribe what the link's `symbols` name, else what is listed first: each symbol is a message."""
        names = set(filter(None, self.endpoint.credentials.get("symbols", "").split(",")))
        symbols = self._answers.symbols
        wanted = [
            number
            for number in numbers
            if symbols[number] not in self._unwatched and (not names or symbols[number] in names)
        ]
        room = max(0, MOST_QUOTED - len(self._quoted))
        self._quoted.update(wanted[:room])
        self._left_out += wanted[room:]
        return tuple(map(client_messages.subscribe, wanted[:room]))

    def _unquoted(self) -> tuple[Event, ...]:
        """Say, once, that some symbols will have no prices."""
        count, self._left_out = len(self._left_out), []
        if not count or self._told_unquoted:
            return ()
        self._told_unquoted = True
        text = f"{count} of the listed symbols are not quoted: name those you want in this link's symbols"
        return (self.notice(Severity.WARNING, text, "SYMBOLS"),)

    def _get(self, what: str) -> HttpRequest:
        self._answers.ages.asked(what)
        return requests.get(what, self.session.headers)

    def _refresh(self, now_ms: int, interval_ms: int = _ACCOUNT_INTERVAL_MS) -> Sequence[Outgoing]:
        """Totals of the account come by no event: ask for them every few seconds while anything arrives."""
        if 0 <= now_ms - self._account_asked_ms < interval_ms:
            return ()
        self._account_asked_ms = now_ms
        return (self._get("account"),)

    def _event(self, read: Reading, frame: TypedFrame, now_ms: int) -> Decoded:
        known = len(self._answers.symbols)
        events = read(frame)
        interval = _AFTER_DEAL_MS if frame.type == "deals_create" else _ACCOUNT_INTERVAL_MS
        replies = self._refresh(now_ms, interval)
        if len(self._answers.symbols) == known:
            return Decoded(events, replies, ready=True)
        fresh = self._subscribe(list(self._answers.symbols)[known:])
        return Decoded((self._answers.listed(), *events), (*fresh, *replies), ready=True)

    def _report(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_report(frame.data)
        self._reports.announced(body)
        return Decoded(self._events.report(body), self._reports.due(self.session.headers), ready=True)

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
