"""The channels API's frames. Nothing is asked for before the server says `authenticated`, all of it then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from tui_trader.model.commands import (
    CancelOrder,
    ClosePosition,
    Command,
    FindOrders,
    ModifyOrder,
    ModifyPosition,
    PlaceOcoOrders,
    PlaceOrder,
    RefreshAccount,
    UnwatchQuotes,
    WatchDepth,
    WatchQuotes,
)
from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import (
    DepthUpdated,
    Event,
    NoticeReceived,
    OrderUpdated,
    PositionRemoved,
    PositionUpdated,
    QuoteUpdated,
    SessionEnded,
    TradePrinted,
    UnknownReceived,
)
from tui_trader.model.matters import Matter
from tui_trader.model.order_terms import OrderTerms
from tui_trader.model.values import LinkState, Severity, TimeInForce
from tui_trader.protocols.channels import account, messages
from tui_trader.protocols.channels.answers import read_answer
from tui_trader.protocols.channels.requests import SignedRequests
from tui_trader.protocols.channels.signing import signature
from tui_trader.protocols.codec import Backoff, Codec, Decoded, Endpoint, Frame, HttpRequest, Outgoing
from tui_trader.protocols.json_reading import milliseconds, write
from tui_trader.protocols.list_ages import ListAges
from tui_trader.protocols.rest_answers import REFUSED
from tui_trader.protocols.sanitising import SHORT, clean, excerpt, symbol

_WS_PATH = "/ws"
_UNAUTHORISED = "401"
_DEPTH = 20
_SNAPSHOT = "snapshot"
_ACCOUNT_INTERVAL_MS = 3_000
_MOST_AHEAD_MS = 1_000
"""Signatures may run ahead of the clock so far: the server accepts them for five seconds."""
_READY = Decoded(ready=True)


class ChannelsCodec(Codec):
    """channels.md."""

    protocol: ClassVar[str] = "channels"
    commands = frozenset(
        {
            PlaceOrder,
            PlaceOcoOrders,
            ModifyOrder,
            CancelOrder,
            ClosePosition,
            ModifyPosition,
            RefreshAccount,
            WatchQuotes,
            UnwatchQuotes,
            WatchDepth,
            FindOrders,
        }
    )
    tells = frozenset({Matter.ACCOUNTS, Matter.DEPTH, Matter.ORDERS, Matter.POSITIONS, Matter.QUOTES})

    terms = OrderTerms(
        lasting=(TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTD),
        trailing=True,
        pairs=True,
    )

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self._deep: str | None = None
        self._unwatched: set[str] = set()
        self._signed_in = False
        self._account_asked_ms = 0
        self._ages = ListAges()
        self._heard_ms = 0
        self._signed_ms = -_MOST_AHEAD_MS
        self._events = {
            "authenticated": self._authenticated,
            "error": self._error,
            "ping": self._ping,
            "close": self._close,
            "subscribed": lambda frame, now_ms: _READY,
            "unsubscribed": lambda frame, now_ms: _READY,
        }
        self._channels = {
            "market_data": self._ticker,
            "orderbook": self._book,
            "trades": self._trade,
            "orders": self._order,
            "positions": self._position,
            "system_events": self._system,
        }

    @property
    def backoff(self) -> Backoff:
        """Ours; slow enough that a wrong key never makes 5 failed logins a minute (RELIABILITY.md)."""
        return Backoff((1.0, 2.0, 4.0, 8.0, 10.0), None)

    @property
    def exchange(self) -> str:
        """channels.md, Subscribing to Channels: every subscription but system_events names one."""
        return self.endpoint.credentials.get("exchange", "binance")

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Sign in (channels.md, Authentication)."""
        self._signed_in = False
        credentials = self.endpoint.credentials
        message = {
            "action": "authenticate",
            "api_key": credentials.get("api_key", ""),
            "timestamp": now_ms,
            "signature": signature(credentials.get("api_secret", ""), "GET", _WS_PATH, now_ms),
        }
        return (Frame(write(message)),)

    def decode(self, data: str | bytes, now_ms: int) -> Decoded:
        """Read one frame by its channel, or by its event where it belongs to none."""
        self._heard_ms = now_ms
        frame = messages.read_frame(data)
        handler = self._channels.get(frame.channel) if frame.channel else self._events.get(frame.event)
        if handler is None:
            kind = clean(frame.channel or frame.event or "?", SHORT)
            return Decoded((UnknownReceived(self.link, kind, excerpt(data)),))
        return handler(frame, now_ms)

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode subscriptions; before signing in they are only remembered."""
        match command:
            case WatchDepth():
                return self._watch_depth(command.symbol)
            case WatchQuotes():
                # The ticker of every symbol is subscribed on signing in, but for what was unwatched.
                again = self._unwatched & set(command.symbols)
                self._unwatched -= again
                return self._ticker_of("subscribe", again)
            case UnwatchQuotes():
                self._unwatched.update(command.symbols)
                return self._ticker_of("unsubscribe", command.symbols)
            case RefreshAccount():
                return self._lists(now_ms) if self._signed_in else ()
            case FindOrders():
                return tuple(map(self._signed(now_ms).find, command.references))
            case _:
                return (SignedRequests(self.endpoint.credentials, now_ms).command(command),)

    def again(self, request: HttpRequest, now_ms: int) -> HttpRequest:
        """Sign a question anew: a signature is good once and for seconds."""
        return self._signed(now_ms).again(request)

    def decode_response(self, request: HttpRequest, status: int, body: bytes) -> Decoded:
        """Read the answer to a signed request; a list that an event overtook is asked for again."""
        if status < REFUSED and self._ages.is_old(request.purpose):
            return Decoded(replies=(self._list(request.purpose, self._heard_ms),))
        return read_answer(self.link, request, status, body)

    def closed(self, code: int, reason: str) -> Sequence[Event]:
        """Nothing may be sent before signing in again."""
        self._signed_in = False
        return ()

    def _request(
        self, action: str, channels: Sequence[str], symbols: Sequence[str] = (), **more: object
    ) -> Frame:
        params: dict[str, object] = {"exchange": self.exchange}
        if symbols:
            params["symbols"] = list(symbols)
        params.update(more)
        return Frame(write({"action": action, "channels": list(channels), "params": params}))

    def _watch_depth(self, key: str) -> Sequence[Outgoing]:
        before, self._deep = self._deep, key
        if not self._signed_in or before == key:
            return ()
        gone = () if before is None else (self._request("unsubscribe", _WATCHED, (before,)),)
        return (*gone, *self._watched())

    def _watched(self) -> Sequence[Outgoing]:
        if self._deep is None:
            return ()
        return (self._request("subscribe", _WATCHED, (self._deep,), depth=_DEPTH),)

    def _ticker_of(self, action: str, symbols: Iterable[str]) -> Sequence[Outgoing]:
        wanted = tuple(sorted(symbols))
        if not self._signed_in or not wanted:
            return ()
        return (self._request(action, ("market_data",), wanted, type="ticker"),)

    def _lists(self, now_ms: int) -> Sequence[Outgoing]:
        """Ask for whole lists: the snapshots of the channels tell one by one, and never what is gone."""
        self._account_asked_ms = now_ms
        return tuple(self._list(what, now_ms) for what in ("orders", "positions", "account"))

    def _list(self, what: str, now_ms: int) -> HttpRequest:
        self._ages.asked(what)
        return self._signed(now_ms).get(what)

    def _refresh(self, now_ms: int) -> Sequence[Outgoing]:
        """Totals come by no channel: ask for them every few seconds while prices arrive.

        A wall clock that was put back must not end that.
        """
        if 0 <= now_ms - self._account_asked_ms < _ACCOUNT_INTERVAL_MS:
            return ()
        self._account_asked_ms = now_ms
        return (self._signed(now_ms).get("account"),)

    def _signed(self, now_ms: int) -> SignedRequests:
        """Sign a question at a moment of its own: the same one twice would be taken for a replay."""
        ahead = self._signed_ms - now_ms
        self._signed_ms = self._signed_ms + 1 if 0 <= ahead < _MOST_AHEAD_MS else now_ms
        return SignedRequests(self.endpoint.credentials, self._signed_ms)

    def _authenticated(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        if not frame.success:
            return self._rejected("Authentication failed")
        self._signed_in = True
        symbols = self.endpoint.credentials.get("symbols", "")
        ticker = self._request(
            "subscribe", ("market_data",), symbols.split(",") if symbols else (), type="ticker"
        )
        system = Frame(write({"action": "subscribe", "channels": ["system_events"]}))
        account = self._request("subscribe", ("orders", "positions"))
        unwatched = self._ticker_of("unsubscribe", self._unwatched)
        requests = (account, *self._lists(now_ms), ticker, *unwatched, *self._watched(), system)
        return Decoded((), requests, ready=True)

    def _rejected(self, text: str) -> Decoded:
        detail = f"{clean(text)}: check this link's API key and secret"
        return Decoded((SessionEnded(self.link, detail),), ended=LinkState.OFFLINE)

    def _error(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        code = clean(str(frame.code), 8)
        if code == _UNAUTHORISED and not self._signed_in:
            return self._rejected(frame.message)
        return Decoded((self._notice(Severity.ERROR, frame.message, code),))

    def _ping(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        return Decoded((), (Frame(write({"action": "pong", "timestamp": now_ms})),))

    def _close(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        text = f"the server closes: {frame.message or 'no reason given'}"
        return Decoded((self._notice(Severity.WARNING, text, str(frame.code)),))

    def _notice(self, severity: Severity, text: str, code: str) -> NoticeReceived:
        return NoticeReceived(self.link, severity, clean(text), clean(code, SHORT))

    def _ticker(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        body = messages.read_ticker(frame.data)
        quote = QuoteUpdated(
            link=self.link,
            symbol=symbol(frame.symbol),
            bid=body.bid,
            ask=body.ask,
            last=body.price,
            change_percent=body.change,
            volume=body.volume,
            high=body.high,
            low=body.low,
            time_ms=milliseconds(body.timestamp),
        )
        return Decoded((quote,), self._refresh(now_ms), ready=True)

    def _book(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        body = messages.read_book(frame.data)
        time_ms = milliseconds(body.timestamp)
        return Decoded((DepthUpdated(self.link, symbol(frame.symbol), body.bids, body.asks, time_ms),))

    def _trade(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        body = messages.read_trade(frame.data)
        side = account.SIDES.get(body.side.lower())
        if side is None:
            raise ProtocolError(f"trade with side {clean(body.side, 20)!r}")
        time_ms = milliseconds(body.timestamp)
        return Decoded(
            (TradePrinted(self.link, symbol(frame.symbol), body.price, body.amount, side, time_ms),)
        )

    def _order(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        self._note_change(frame, "orders")
        return Decoded((OrderUpdated(account.order(self.link, messages.read_order(frame.data))),), ready=True)

    def _position(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        self._note_change(frame, "positions")
        body = messages.read_position(frame.data)
        if not body.amount:
            key = symbol(body.symbol)
            return Decoded((PositionRemoved(self.link, key, key),), ready=True)
        return Decoded((PositionUpdated(account.position(self.link, body)),), ready=True)

    def _note_change(self, frame: messages.ChannelFrame, what: str) -> None:
        if frame.event != _SNAPSHOT:  # which says nothing that the list does not say
            self._ages.changed(what)

    def _system(self, frame: messages.ChannelFrame, now_ms: int) -> Decoded:
        body = messages.read_system(frame.data)
        good = body.status == "connected"
        text = f"{clean(frame.event, SHORT)}: {clean(body.exchange, SHORT)} {clean(body.status, SHORT)}"
        return Decoded((self._notice(Severity.INFO if good else Severity.WARNING, text, "SYSTEM"),))


_WATCHED = ("orderbook", "trades")
