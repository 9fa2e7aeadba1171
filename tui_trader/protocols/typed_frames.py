"""Codecs whose frames are objects with a `type`: one handler a type, the rest becomes `UnknownReceived`."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence

import msgspec

from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import NoticeReceived, UnknownReceived
from tui_trader.model.values import Severity
from tui_trader.protocols.codec import Codec, Decoded, Endpoint
from tui_trader.protocols.json_reading import Reader, reader
from tui_trader.protocols.sanitising import LINE, SHORT, clean, excerpt

EMPTY = msgspec.Raw(b"null")


class TypedFrame(msgspec.Struct):
    """The envelope. `data` stays raw until the type's own model reads it; bars calls it `payload`."""

    type: str
    data: msgspec.Raw = EMPTY
    payload: msgspec.Raw = EMPTY
    timestamp: int | float | str | None = None
    message: str | None = None


Handler = Callable[[TypedFrame, int], Decoded]

_read: Reader[TypedFrame] = reader(TypedFrame)


class TypedCodec(Codec):
    """Base of the codecs that dispatch on `type`."""

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self._handlers = self.handlers()

    @abc.abstractmethod
    def handlers(self) -> Mapping[str, Handler]:
        """Give the reader of each type of frame."""

    def decode(self, data: str | bytes, now_ms: int) -> Decoded:
        """Read one frame with its type's handler."""
        frame = _read(data)
        handler = self._handlers.get(frame.type)
        if handler is None:
            return self.unknown(frame.type, data)
        return handler(frame, now_ms)

    def unknown(self, kind: str, data: str | bytes) -> Decoded:
        """Keep a message of an unknown type for the journal."""
        return Decoded((UnknownReceived(self.link, clean(kind, SHORT), excerpt(data)),))

    def notice(self, severity: Severity, text: str, code: str = "") -> NoticeReceived:
        """Make a notice out of a server's words."""
        return NoticeReceived(self.link, severity, clean(text, LINE), clean(code, SHORT))

    def warning(self, text: str) -> NoticeReceived:
        """Make the warning that goes with a value that was degraded."""
        return self.notice(Severity.WARNING, text, "UNKNOWN_VALUE")


def left_out(link: str, wrong: Sequence[str]) -> tuple[NoticeReceived, ...]:
    """Warn of instruments whose row could not be read; nothing where none was left out."""
    if not wrong:
        return ()
    text = clean(f"instruments left out: {len(wrong)}; the first: {wrong[0]}", LINE)
    return (NoticeReceived(link, Severity.WARNING, text, "UNKNOWN_VALUE"),)


def required(text: str, what: str) -> str:
    """Return a cleaned identifier; raises `ProtocolError` when nothing of it is left."""
    kept = clean(text, SHORT)
    if not kept:
        raise ProtocolError(f"{what} is empty")
    return kept
