"""uvicorn's HTTP protocol with a deadline for slow requests, a cap on connections, our WebSocket upgrade."""

from __future__ import annotations

import asyncio
from typing import Protocol

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from embedded_server.transport.limits import Limits


class Door(Protocol):
    """What the protocol asks of its listener."""

    limits: Limits

    def enter(self, transport: asyncio.Transport, peer: str) -> bytes | None:
        """Take note of a connection; the answer with which it is turned away, or None."""
        ...

    def left(self, peer: str) -> None:
        """A connection of this address is gone."""
        ...

    def upgrade(
        self,
        transport: asyncio.Transport,
        peer: str,
        target: str,
        headers: list[tuple[str, str]],
        trailing: bytes,
    ) -> None:
        """Answer a WebSocket upgrade and take the transport over, or refuse and close it."""
        ...


class HttpProtocol(H11Protocol):
    """One TCP connection until it is upgraded or closed."""

    def __init__(self, door: Door, config: Config, state: ServerState) -> None:
        super().__init__(config=config, server_state=state, app_state={})
        self._door = door
        self._upgraded = False
        self._peer = ""
        self._deadline: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Turn away what is too many; expect a request in time."""
        address = transport.get_extra_info("peername")
        self._peer = str(address[0]) if address else ""
        refusal = self._door.enter(transport, self._peer)
        super().connection_made(transport)
        if refusal is not None:
            transport.write(refusal)
            transport.close()
            self._drop_at(self._door.limits.close_seconds)
        else:
            self._expect_request()

    def data_received(self, data: bytes) -> None:
        """Keep the deadline for as long as a request is incomplete."""
        super().data_received(data)
        if self._upgraded:
            return
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY) and not self.transport.is_closing():
            self._expect_request()
        else:
            self._drop_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up."""
        self._drop_deadline()
        self._reads()
        super().connection_lost(exc)
        self._door.left(self._peer)

    def pause_writing(self) -> None:
        """The peer does not read its answer: give it a deadline."""
        super().pause_writing()
        if self._reading is None:
            self._reading = self.loop.call_later(self._door.limits.lag_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The peer has read."""
        self._reads()
        super().resume_writing()

    def _should_upgrade(self) -> bool:
        """Only a GET of HTTP/1.1 opens a WebSocket (RFC 6455, 4.1); the header means nothing elsewhere."""
        get = self.scope["method"] == "GET" and self.scope["http_version"] == "1.1"
        return get and super()._should_upgrade()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the transport over, with the bytes that came behind the request."""
        self._upgraded = True
        self._drop_deadline()
        self._reads()
        self.connections.discard(self)
        trailing, _ = self.conn.trailing_data
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers]
        self._door.upgrade(self.transport, self._peer, event.target.decode("latin-1"), headers, trailing)

    def _expect_request(self) -> None:
        self._drop_at(self._door.limits.request_seconds)

    def _drop_at(self, seconds: float) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _reads(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
