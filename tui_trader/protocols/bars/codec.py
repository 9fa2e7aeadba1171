"""One topic at a time: a candle counts only between the server's `ok` to its topic and our unsubscribe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from msgspec import Struct

from tui_trader.model.commands import Command, WatchBars
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import BarUpdated, Event, NoticeReceived
from tui_trader.model.matters import Matter
from tui_trader.model.values import Bar, Severity
from tui_trader.protocols.codec import Backoff, Decoded, Endpoint, Frame, Heartbeat, Outgoing
from tui_trader.protocols.json_reading import Figure, milliseconds, reader, write
from tui_trader.protocols.sanitising import SHORT, clean, symbol
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame

RESOLUTIONS = {
    "1m": "1",
    "5m": "5",
    "15m": "15",
    "30m": "30",
    "1h": "60",
    "1d": "D",
    "1w": "W",
    "1M": "M",
}
"""bars.md, Parameters: the console's timeframes and what the wire calls them."""
_TIMEFRAMES = {resolution: timeframe for timeframe, resolution in RESOLUTIONS.items()}
_UNSUPPORTED = 1003
_TIMED_OUT = "Connection timed out"


class Topic(Struct, frozen=True):
    """What is subscribed."""

    symbol: str
    timeframe: str

    @property
    def name(self) -> str:
        """bars.md, Topic Format."""
        return f"bars:{self.symbol}:{RESOLUTIONS[self.timeframe]}"

    def request(self, action: str) -> str:
        """Write `bars.subscribe` or `bars.unsubscribe`."""
        payload = {"symbol": self.symbol, "params": {"resolution": RESOLUTIONS[self.timeframe]}}
        return write({"type": f"bars.{action}", "payload": payload})


FIRST = Topic("AAPL", "1m")
"""The document's own example; a connection without a topic would be closed after 30 s of silence."""


class ResponseBody(Struct):
    """Payload of both responses."""

    status: str
    topic: str
    symbol: str = ""
    message: str = ""


class BarBody(Struct):
    """Payload of `bars.update`; `symbol` and `resolution` are extensions some servers add."""

    time: int
    open: Figure
    high: Figure
    low: Figure
    close: Figure
    volume: Figure
    symbol: str | None = None
    resolution: str | None = None
    closed: bool = False


_read_response = reader(ResponseBody)
_read_bar = reader(BarBody)


class BarsCodec(TypedCodec):
    """bars.md."""

    protocol: ClassVar[str] = "bars"
    commands = frozenset({WatchBars})
    tells = frozenset({Matter.CANDLES})

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self.topic = FIRST
        self._confirmed: Topic | None = None

    @property
    def heartbeat(self) -> Heartbeat:
        """bars.md, Heartbeat Requirements: subscribe again every 25 s."""
        return Heartbeat(interval=25.0, timeout=10.0, frame=lambda now_ms: self.topic.request("subscribe"))

    @property
    def backoff(self) -> Backoff:
        """bars.md, Maximum Connection Duration: reconnect after 5 s."""
        return Backoff((5.0,), None)

    def handlers(self) -> Mapping[str, Handler]:
        """bars.md, Operations."""
        return {
            "bars.subscribe.response": partial(self._answered, True),
            "bars.unsubscribe.response": partial(self._answered, False),
            "bars.update": self._update,
        }

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Subscribe the topic."""
        self._confirmed = None
        return (Frame(self.topic.request("subscribe")),)

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Change the topic; updates count again once the server says `ok` to the new one."""
        if not isinstance(command, WatchBars):
            raise CommandError(f"bars cannot carry {type(command).__name__}")
        if command.timeframe not in RESOLUTIONS:
            raise CommandError(f"bars has no {command.timeframe} candles", field="timeframe")
        wanted = Topic(command.symbol, command.timeframe)
        if wanted == self.topic:
            return ()
        before, self.topic, self._confirmed = self.topic, wanted, None
        return (Frame(before.request("unsubscribe")), Frame(wanted.request("subscribe")))

    def closed(self, code: int, reason: str) -> Sequence[Event]:
        """A timeout is an ordinary reconnect; any other 1003 says that we sent nonsense: a bug to show."""
        self._confirmed = None
        if code != _UNSUPPORTED or reason.startswith(_TIMED_OUT):
            return ()
        text = f"the server could not read this console's message: {clean(reason) or 'no reason given'}"
        return (NoticeReceived(self.link, Severity.ERROR, text, "PROTOCOL_FAULT"),)

    def _answered(self, subscribing: bool, frame: TypedFrame, now_ms: int) -> Decoded:
        body = _read_response(frame.payload)
        if body.status != "ok":
            refused = self.notice(Severity.ERROR, body.message, "BARS")
            return Decoded((refused,), ready=True, heartbeat_answered=subscribing)
        if subscribing and body.topic == self.topic.name:
            self._confirmed = self.topic
        return Decoded(ready=True, heartbeat_answered=subscribing)

    def _update(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = _read_bar(frame.payload)
        topic = self._attribute(body)
        if topic is None:
            return Decoded(ready=True)
        if milliseconds(body.time) is None:
            raise ProtocolError("bar with a time that no calendar has")
        bar = Bar(body.time, body.open, body.high, body.low, body.close, body.volume)
        event = BarUpdated(self.link, topic.symbol, topic.timeframe, bar, body.closed)
        return Decoded((event,), ready=True)

    def _attribute(self, body: BarBody) -> Topic | None:
        """Say whose candle it is: by extension keys, if any, else by the one topic; never a guess."""
        if body.symbol is not None and body.resolution is not None:
            timeframe = _TIMEFRAMES.get(clean(body.resolution, SHORT))
            return Topic(symbol(body.symbol), timeframe) if timeframe else None
        return self._confirmed
