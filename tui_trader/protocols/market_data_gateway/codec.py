"""The gateway's data, and the subscriptions that are restored on every connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Raw

from tui_trader.model.commands import Command, UnwatchQuotes, WatchBars, WatchDepth, WatchQuotes
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import (
    BarUpdated,
    DepthUpdated,
    Event,
    HistoryLoaded,
    InstrumentsListed,
    QuoteUpdated,
    TradePrinted,
)
from tui_trader.model.matters import Matter
from tui_trader.model.values import Bar, Instrument, Severity, Side
from tui_trader.protocols.codec import Backoff, Decoded, Endpoint, Frame, Outgoing
from tui_trader.protocols.json_reading import milliseconds, rows
from tui_trader.protocols.market_data_gateway import messages
from tui_trader.protocols.sanitising import SHORT, clean, symbol
from tui_trader.protocols.steps import usable
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame, left_out

VENUES = {"spot": "channels", "perpetual": "bot_core", "forex": "onetrade"}
"""Protocols whose own quotes count more than the gateway's, by kind of instrument; equities have none."""
_TIMEFRAMES = frozenset({"1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M"})
_SIDES = {"BUY": Side.BUY, "SELL": Side.SELL}
_LEVELS = 25
_MAX_DIGITS = 10


class MarketDataGatewayCodec(TypedCodec):
    """CLARIFICATIONS.md, market_data_gateway."""

    protocol: ClassVar[str] = "market_data_gateway"
    commands = frozenset({WatchQuotes, UnwatchQuotes, WatchDepth, WatchBars})
    tells = frozenset({Matter.CANDLES, Matter.DEPTH, Matter.QUOTES})

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self._owners: dict[str, str] = {}
        named = endpoint.credentials.get("symbols", "")
        self._quoted = dict.fromkeys(filter(None, named.split(",")), True)
        self._deep: str | None = None
        self._series: WatchBars | None = None
        self._history: list[Bar] | None = None

    def meet(self, links: Mapping[str, str]) -> None:
        """Leave the quotes of a kind to the first link that speaks its venue's protocol, if there is one."""
        for kind, protocol in VENUES.items():
            owner = next((name for name, spoken in links.items() if spoken == protocol), None)
            if owner is not None:
                self._owners[kind] = owner

    @property
    def backoff(self) -> Backoff:
        """Ours: no document has one."""
        return Backoff((1.0, 2.0, 4.0, 8.0, 10.0), None)

    def handlers(self) -> Mapping[str, Handler]:
        """CLARIFICATIONS.md, market_data_gateway."""
        return {
            "quote": self._quote,
            "trade": self._trade,
            "depth": self._depth,
            "bar": self._bar,
            "instruments": self._instruments,
            "subscribed": self._subscribed,
            "unsubscribed": lambda frame, now_ms: Decoded(ready=True),
            "error": self._error,
        }

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """List the instruments and restore what is watched."""
        self._history = None
        frames = [messages.GET_INSTRUMENTS]
        if self._quoted:
            frames.append(messages.subscription("subscribe", tuple(self._quoted), ("quote",)))
        if self._deep is not None:
            frames.append(_depth_frame("subscribe", self._deep))
        if self._series is not None:
            frames.append(_bars_frame(self._series))
        return frames

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Remember what is watched, and say so to the server."""
        match command:
            case WatchQuotes():
                return self._watch_quotes(command.symbols)
            case UnwatchQuotes():
                gone = tuple(key for key in command.symbols if self._quoted.pop(key, False))
                return (messages.subscription("unsubscribe", gone, ("quote",)),) if gone else ()
            case WatchDepth():
                return self._watch_depth(command.symbol)
            case WatchBars():
                return self._watch_bars(command)
            case _:
                raise CommandError(f"the gateway cannot carry {type(command).__name__}")

    def _watch_quotes(self, symbols: Sequence[str]) -> Sequence[Outgoing]:
        fresh = tuple(key for key in symbols if key not in self._quoted)
        self._quoted.update(dict.fromkeys(fresh, True))
        return (messages.subscription("subscribe", fresh, ("quote",)),) if fresh else ()

    def _watch_depth(self, key: str) -> Sequence[Outgoing]:
        before, self._deep = self._deep, key
        if before == key:
            return ()
        gone = () if before is None else (_depth_frame("unsubscribe", before),)
        return (*gone, _depth_frame("subscribe", key))

    def _watch_bars(self, series: WatchBars) -> Sequence[Outgoing]:
        if series.timeframe not in _TIMEFRAMES:
            raise CommandError(f"the gateway has no {series.timeframe} candles", field="timeframe")
        last = self._series
        same = last is not None and (last.symbol, last.timeframe) == (series.symbol, series.timeframe)
        if last is not None and same and series.count <= last.count:
            return ()
        self._series, self._history = series, None
        if last is None or same:
            return (_bars_frame(series),)
        gone = messages.subscription("unsubscribe", (last.symbol,), ("bar",), resolution=last.timeframe)
        return (gone, _bars_frame(series))

    def _quote(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_quote(frame.data)
        quote = QuoteUpdated(
            link=self.link,
            symbol=symbol(body.symbol),
            bid=body.bid,
            ask=body.ask,
            last=body.last,
            bid_size=body.bid_size,
            ask_size=body.ask_size,
            change_percent=body.change,
            volume=body.volume,
            high=body.high,
            low=body.low,
            time_ms=milliseconds(frame.timestamp),
        )
        return Decoded((quote,), ready=True)

    def _trade(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_trade(frame.data)
        side = _SIDES.get(body.side.upper())
        if side is None:
            raise ProtocolError(f"trade with side {clean(body.side, 20)!r}")
        time_ms = milliseconds(frame.timestamp)
        trade = TradePrinted(self.link, symbol(body.symbol), body.price, body.quantity, side, time_ms)
        return Decoded((trade,), ready=True)

    def _depth(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_depth(frame.data)
        time_ms = milliseconds(frame.timestamp)
        return Decoded(
            (DepthUpdated(self.link, symbol(body.symbol), body.bids, body.asks, time_ms),), ready=True
        )

    def _bar(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_bar(frame.data)
        opening = milliseconds(body.time)
        if opening is None:
            raise ProtocolError(f"bar with time {clean(str(body.time), 40)!r}")
        key, timeframe = symbol(body.symbol), body.resolution
        if timeframe not in _TIMEFRAMES:
            return Decoded((self.warning(f"bar of unknown resolution {timeframe!r} left out"),), ready=True)
        bar = Bar(opening, body.open, body.high, body.low, body.close, body.volume)
        series = self._series
        if self._history is None or series is None or (series.symbol, series.timeframe) != (key, timeframe):
            return Decoded((BarUpdated(self.link, key, timeframe, bar, body.closed),), ready=True)
        self._history.append(bar)
        if body.closed and len(self._history) < series.count:
            return Decoded(ready=True)
        loaded, self._history = tuple(self._history), None
        return Decoded((HistoryLoaded(self.link, key, timeframe, loaded),), ready=True)

    def _subscribed(self, frame: TypedFrame, now_ms: int) -> Decoded:
        """From here to the forming candle, the candles of the watched series are its history."""
        body = messages.read_subscription(frame.data)
        series = self._series
        if (
            series is not None
            and "bar" in body.channels
            and series.symbol in body.symbols
            and body.resolution == series.timeframe
        ):
            self._history = []
        return Decoded(ready=True)

    def _instruments(self, frame: TypedFrame, now_ms: int) -> Decoded:
        listed, wrong = rows(frame.data, self._instrument)
        keys = tuple(instrument.key for instrument in listed)
        events: tuple[Event, ...] = (InstrumentsListed(self.link, listed), *left_out(self.link, wrong))
        return Decoded(events, self._watch_quotes(keys), ready=True)

    def _instrument(self, data: Raw) -> Instrument:
        row = messages.read_instrument(data)
        key = symbol(row.symbol)
        price_digits, quantity_digits = (
            min(max(told, 0), _MAX_DIGITS) for told in (row.price_digits, row.quantity_digits)
        )
        lot = usable(row.lot_step, 10.0**-quantity_digits)
        return Instrument(
            key=key,
            symbol=symbol(row.venue_symbol) if row.venue_symbol else key,
            link=self._owners.get(row.kind, self.link),
            kind=clean(row.kind, SHORT),
            price_digits=price_digits,
            quantity_digits=quantity_digits,
            tick_size=usable(row.tick_size, 10.0**-price_digits),
            quantity_step=lot,
            minimum_quantity=lot,
            maximum_quantity=row.max_quantity,
            contract_size=row.contract_size,
            quote_currency=clean(row.quote_currency, 8),
            symbol_id=row.number,
            description=clean(row.name, SHORT),
        )

    def _error(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_error(frame.data)
        return Decoded((self.notice(Severity.ERROR, body.message, body.code),), ready=True)


def _depth_frame(action: str, key: str) -> Frame:
    more = {"levels": _LEVELS} if action == "subscribe" else {}
    return messages.subscription(action, (key,), ("depth", "trade"), **more)


def _bars_frame(series: WatchBars) -> Frame:
    return messages.subscription(
        "subscribe", (series.symbol,), ("bar",), resolution=series.timeframe, history=series.count
    )
