"""One WebSocket after its upgrade: websockets' sans-I/O state machine on our own asyncio protocol.

Ours is what the library leaves open: outbox, deadline of a close, the end of a peer that stopped reading.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from websockets.frames import BINARY, CLOSE, CONT, PONG, TEXT, Frame
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from embedded_server.protocols.facade import Handshake
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.outbox import Outbox
from embedded_server.transport.probe import Probe
from embedded_server.transport.scrutiny import Scrutiny

MAX_REASON_BYTES = 123
SLICE_BYTES = 2048
"""Parsed at a time, so that a flood is ended after few of its frames and does not hold up the loop."""


class Session(asyncio.Protocol):
    """The transport's `Client` (facade.py)."""

    __slots__ = (
        "_closing",
        "_deadline",
        "_deaf",
        "_endpoint",
        "_finished",
        "_fragments",
        "_gone",
        "_held_close",
        "_lag_deadline",
        "_probe",
        "_protocol",
        "_rate",
        "_scrutiny",
        "_silent",
        "_text",
        "_transport",
        "handshake",
        "id",
        "outbox",
        "since",
    )

    def __init__(
        self,
        endpoint: Endpoint,
        handshake: Handshake,
        protocol: ServerProtocol,
        transport: asyncio.Transport,
        gone: Callable[[], None],
    ) -> None:
        self.id = secrets.token_urlsafe(16)
        self.handshake = handshake
        self.outbox = Outbox(endpoint.limits)
        self._endpoint = endpoint
        self._protocol = protocol
        self._transport = transport
        self._gone = gone
        self._rate = endpoint.message_rate()
        self._scrutiny = Scrutiny(endpoint.limits)
        self._probe = Probe(endpoint.limits, asyncio.get_running_loop().time())
        self._fragments: list[bytes | bytearray | memoryview] = []
        self._text = True
        self._closing = False
        self._deaf = False
        self._finished = False
        self._silent = False
        self._held_close: tuple[int, str] | None = None
        self.since = endpoint.time.epoch_ms()
        """When it was opened, epoch milliseconds."""
        self._deadline: asyncio.TimerHandle | None = None
        self._lag_deadline: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Take over the transport after the 101 response was written."""
        self._endpoint.sessions[self] = None
        self._endpoint.topics.register(self.id, self.outbox, self._transport.write)
        self._endpoint.shield(self._endpoint.facade.opened, self)
        self._endpoint.wake()

    def send(self, payload: bytes, *, binary: bool = False) -> None:
        """Queue one message that must not be lost; a client too far behind to keep them all is aborted."""
        if self._closing:
            return
        if not self.outbox.send(self._endpoint.frame(payload, binary=binary)):
            self._evict()
            return
        self._endpoint.sent(1)
        self._endpoint.touch()

    def close(self, code: int, reason: str = "") -> None:
        """Send what is queued, then a close frame; abort a peer that does not answer it in time."""
        if self._closing:
            return
        if self._silent:
            self._held_close = self._held_close or (code, reason)
            return
        self._write_queued()
        self._stop_sending()
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, _fitting(reason))
        self._answer()
        self._start_deadline()

    @property
    def unwritten_bytes(self) -> int:
        """What waits in this process behind the outbox."""
        return self._transport.get_write_buffer_size()

    def probe(self, now: float) -> None:
        """Ask whether the client reads; cut off one that did not answer (`now`: the loop's time)."""
        if self._silent or self._protocol.state is not State.OPEN:
            return
        if self._probe.is_overdue(now):
            self._evict()
            return
        self._probe.unread = self.outbox.was_written() or self._probe.unread
        question = self._probe.question(now)
        if question is not None:
            self._protocol.send_ping(question)
            self._answer()

    def abort(self) -> None:
        """Cut the connection now."""
        self._transport.abort()

    def fall_silent(self, seconds: float) -> None:
        """Neither read nor write for a while, as a machine that froze; afterwards all that waited is done."""
        if self._silent or self._closing:
            return
        self._silent = self.outbox.lagging = True
        self._endpoint.topics.lags(self.id)
        self._transport.pause_reading()
        self._endpoint.time.call_later(seconds, self._wake_up)

    def _wake_up(self) -> None:
        self._silent = False
        self._probe.excuse(asyncio.get_running_loop().time())
        if self._transport.is_closing():
            return
        self._transport.resume_reading()
        if self._lag_deadline is None:
            self.resume_writing()
        if self._held_close is not None:
            self.close(*self._held_close)

    def data_received(self, data: bytes) -> None:
        """Feed the state machine, hand whole messages to the façade, write what the machine answers.

        What the façade answers is written at the end of this turn of the loop: commands of one turn share
        the journal's sync.
        """
        for start in range(0, len(data), SLICE_BYTES):
            if self._deaf:
                break
            self._protocol.receive_data(data[start : start + SLICE_BYTES])
            for frame in self._protocol.events_received():
                if isinstance(frame, Frame):
                    self._frame_received(frame)
        if self._protocol.state is not State.OPEN and not self.outbox.lagging and not self._closing:
            self._write_queued()  # before the close frame
        self._answer()

    def eof_received(self) -> None:
        """The peer has closed its side; asyncio closes ours."""
        self._protocol.receive_eof()
        self._finish()
        self._answer()
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything, whatever ended the connection."""
        self._finish()
        self._endpoint.sessions.pop(self, None)
        for timer in (self._deadline, self._lag_deadline):
            if timer is not None:
                timer.cancel()
        self._deadline = self._lag_deadline = None
        self._gone()

    def pause_writing(self) -> None:
        """The peer reads too slowly: coalesce, and give it a deadline to catch up."""
        self.outbox.lagging = True
        self._endpoint.topics.lags(self.id)
        if self._lag_deadline is None:
            loop = asyncio.get_running_loop()
            self._lag_deadline = loop.call_later(self._endpoint.limits.lag_seconds, self._evict)

    def resume_writing(self) -> None:
        """The peer has read: write what was kept; if that fits, it has caught up."""
        if self._silent:
            self._forget_lag()
            return
        self._endpoint.sent(self.outbox.kept)
        self.outbox.catch_up()
        self._endpoint.topics.caught_up(self.id)
        if not self._closing:
            self._write_queued()
        if not self.outbox.lagging:
            self._forget_lag()

    def _forget_lag(self) -> None:
        if self._lag_deadline is not None:
            self._lag_deadline.cancel()
            self._lag_deadline = None

    def _frame_received(self, frame: Frame) -> None:
        opcode = frame.opcode
        if opcode is CLOSE:
            self._finish()
            return
        if self._closing:
            self._deaf = self._deaf or not self._scrutiny.bears_late()
            return
        if opcode is PONG and self._probe.answered(bytes(frame.data)):
            return
        objection = self._scrutiny.objection(frame, self._endpoint.time.monotonic())
        if objection is not None:
            self.close(1008, objection)
        elif opcode in (TEXT, BINARY, CONT):
            if opcode is not CONT:
                self._text = opcode is TEXT
                self._fragments = []
            self._fragments.append(frame.data)
            if frame.fin:
                fragments, self._fragments = self._fragments, []
                self._message_received(b"".join(fragments))

    def _message_received(self, data: bytes) -> None:
        message: str | bytes = data
        if self._text:
            try:
                message = data.decode()
            except UnicodeDecodeError:
                self._protocol.fail(1007, "text is not UTF-8")
                return
        facade = self._endpoint.facade
        self._endpoint.messages_received += 1
        if self._rate.allows(self._endpoint.time.monotonic()):
            self._endpoint.shield(facade.received, self, message)
        else:
            self._endpoint.shield(facade.flooded, self)
        self._endpoint.wake()

    def _answer(self) -> None:
        """Write what the state machine wants written: pongs, close frames, the end of our side."""
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
                continue
            self._stop_sending()
            self._start_deadline()
            if self._transport.can_write_eof() and not self._transport.is_closing():
                self._transport.write_eof()
            else:
                self._transport.close()

    def _write_queued(self) -> None:
        if not self.outbox.holds_any():
            return
        if not self._endpoint.settled():
            self._endpoint.touch()
            return
        self._endpoint.sent(self.outbox.kept)
        self._transport.write(self.outbox.take())
        self._probe.unread = True

    def _stop_sending(self) -> None:
        self._closing = True
        self._endpoint.topics.drop(self)

    def _evict(self) -> None:
        """End a client that lags beyond its limits; its buffers are dropped at once."""
        self._stop_sending()
        self._endpoint.evicted(self)
        self._transport.abort()

    def _start_deadline(self) -> None:
        if self._deadline is None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(self._endpoint.limits.close_seconds, self._transport.abort)

    def _finish(self) -> None:
        """Tell the façade, once, that the client is gone."""
        self._stop_sending()
        if self._finished:
            return
        self._finished = True
        self._endpoint.shield(self._endpoint.facade.closed, self)
        self._endpoint.wake()


def accept(endpoint: Endpoint, request: Request) -> tuple[ServerProtocol, bytes, bool]:
    """Answer an upgrade request: the state machine, the response to write, and whether it is a 101."""
    protocol = ServerProtocol(state=State.OPEN, max_size=endpoint.limits.frame_bytes)
    response = protocol.accept(request)
    return protocol, response.serialize(), response.status_code == 101


def _fitting(reason: str) -> str:
    """Cut to what a close frame holds."""
    return reason.encode("utf-8", "replace")[:MAX_REASON_BYTES].decode("utf-8", "ignore")
