"""What bot-core.md gives both of its services: heartbeat, reconnection, signals, errors, requests."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Raw

from tui_trader.model.commands import RequestSignal
from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import NoticeReceived, SignalReceived
from tui_trader.model.values import Severity
from tui_trader.protocols.bot_core import messages
from tui_trader.protocols.bot_core.keep_alive import BACKOFF, HEARTBEAT
from tui_trader.protocols.bot_core.signals import perpetual, read_signal, venue_symbol
from tui_trader.protocols.codec import Backoff, Decoded, Heartbeat
from tui_trader.protocols.json_reading import milliseconds, write
from tui_trader.protocols.sanitising import SHORT, clean
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame

_SEVERITIES = {
    "INFO": Severity.INFO,
    "WARNING": Severity.WARNING,
    "ERROR": Severity.ERROR,
    "CRITICAL": Severity.CRITICAL,
}


class ServiceCodec(TypedCodec):
    """Base of the codecs of both services."""

    @property
    def heartbeat(self) -> Heartbeat:
        """bot-core.md, Heartbeat Protocol."""
        return HEARTBEAT

    @property
    def backoff(self) -> Backoff:
        """bot-core.md, Connection Errors."""
        return BACKOFF

    def handlers(self) -> Mapping[str, Handler]:
        """Messages that both services send."""
        return {"AISignalReceived": self._signal, "Error": self._error, "Pong": self._pong}

    def _signal(self, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded((SignalReceived(read_signal(self.link, frame)),), ready=True)

    def _pong(self, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded(ready=True, heartbeat_answered=True)

    def _error(self, frame: TypedFrame, now_ms: int) -> Decoded:
        """bot-core.md, 8. Error; an unknown severity counts as an error."""
        body = messages.read_error(frame.data)
        symbol = _subject(body.details)
        notice = NoticeReceived(
            self.link,
            _SEVERITIES.get(body.severity.upper(), Severity.ERROR),
            clean(body.message),
            clean(body.code, SHORT),
            symbol and perpetual(symbol),
            milliseconds(frame.timestamp),
        )
        return Decoded((notice,))


def _subject(details: Raw) -> str:
    """The symbol among an Error's details, whose shape the document leaves open."""
    try:
        return messages.read_error_details(details).symbol
    except ProtocolError:
        return ""


def signal_request(command: RequestSignal) -> str:
    """Encode the extension RequestSignal, which both services take."""
    data = {"symbol": venue_symbol(command.symbol), "timeframe": command.timeframe}
    return write({"type": "RequestSignal", "data": data})
