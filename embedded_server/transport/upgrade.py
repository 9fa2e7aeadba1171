"""uvicorn's HTTP protocol with a deadline for slow requests, a cap on connections, our WebSocket upgrade."""

from __future__ import annotations

import asyncio
from typing import Protocol

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

FULL = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Door(Protocol):
    """What the protocol asks of its listener."""

    request_seconds: float

    def is_full(self) -> bool:
        """Whether one more connection is too many."""
        ...

    def left(self) -> None:
        """A connection is gone."""
        ...

    def upgrade(
        self,
        transport: asyncio.Transport,
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
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Turn away what is too many; expect a request in time."""
        full = self._door.is_full()
        super().connection_made(transport)
        if full:
            transport.write(FULL)
            transport.close()
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
        super().connection_lost(exc)
        self._door.left()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the transport over, with the bytes that came behind the request."""
        self._upgraded = True
        self._drop_deadline()
        self.connections.discard(self)
        trailing, _ = self.conn.trailing_data
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers]
        self._door.upgrade(self.transport, event.target.decode("latin-1"), headers, trailing)

    def _expect_request(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._door.request_seconds, self.transport.abort)

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
