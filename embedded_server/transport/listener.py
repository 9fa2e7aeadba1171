"""One port: HTTP and WebSockets of the façades that document it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute
from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from embedded_server.documentation.routes import documentation_routes
from embedded_server.model.errors import ConfigurationError, PortTaken
from embedded_server.protocols.facade import Handshake, HttpRefusal
from embedded_server.protocols.operation import HttpOperation
from embedded_server.transport.admission import Admission
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.http import build_application
from embedded_server.transport.limits import Limits
from embedded_server.transport.routing import Routes, read_handshake
from embedded_server.transport.session import Session, accept
from embedded_server.transport.upgrade import HttpProtocol

BACKLOG = 2048
PROBLEM = HttpRefusal(500, "internal error\n")


class Listener:
    """Accepts connections for a group of endpoints."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        admission: Admission,
        limits: Limits,
        wake: Callable[[], None],
        routes: Sequence[BaseRoute] = (),
        operations: Sequence[HttpOperation] = (),
        name: str = "",
    ) -> None:
        """`routes`, what they do (`operations`) and `name` are those of a listener that speaks HTTP only."""
        self._name = name or ", ".join(endpoint.facade.name for endpoint in endpoints)
        self.request_seconds = limits.request_seconds
        self._routes = Routes(endpoints)
        self._admission = admission
        self._limits = limits
        self._server: asyncio.Server | None = None
        self._state = ServerState()
        self._idle = asyncio.Event()
        facades = [endpoint.facade for endpoint in endpoints]
        application = build_application(
            [
                *documentation_routes(facades, operations),
                *routes,
                *(route for facade in facades for route in facade.routes()),
            ],
            health=self._health,
            admission=admission,
            body_bytes=limits.frame_bytes,
            wake=wake,
        )
        self._config = Config(
            application,
            http=HttpProtocol,
            ws=Session,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        self._config.load()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints served here."""
        return self._routes.endpoints

    async def start(self, host: str, port: int, *, option: str = "--ports") -> int:
        """Accept connections; returns the port (chosen by the system for 0).

        Raises `PortTaken` naming the port and the option, or `ConfigurationError` for a foreign host.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._connect, host, port, backlog=BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(
                    f"port {port} on {host}, wanted for {self._name}, is in use; choose others with {option}"
                ) from None
            raise ConfigurationError(f"cannot listen on {host} port {port}: {_reason(error)}") from None
        bound = self._server.sockets[0].getsockname()
        return int(bound[1])

    def is_full(self) -> bool:
        """Whether one more connection is too many."""
        return self._connections() >= self._limits.connections

    def upgrade(
        self, transport: asyncio.Transport, target: str, headers: list[tuple[str, str]], trailing: bytes
    ) -> None:
        """Answer a WebSocket upgrade and take the transport over, or refuse and close it."""
        peer = transport.get_extra_info("peername")
        handshake = read_handshake(target, headers, str(peer[0]) if peer else "")
        endpoint = self._routes.find(handshake.path)
        refusal = self._admission.refusal(handshake.headers)
        if refusal is None and endpoint is None:
            refusal = HttpRefusal(404, "no endpoint at this path\n")
        if refusal is not None or endpoint is None:
            _refuse(transport, refusal or PROBLEM)
            return
        protocol, response, accepted = accept(endpoint, Request(target, Headers(headers)))
        if accepted:
            refusal = _admit(endpoint, handshake)
        if refusal is not None:
            _refuse(transport, refusal)
            return
        transport.write(response)
        if not accepted:
            transport.close()
            return
        _limit_send_buffer(transport, self._limits.send_buffer_bytes)
        session = Session(endpoint, handshake, protocol, transport, self.left)
        transport.set_protocol(session)
        session.open()
        if trailing:
            session.data_received(trailing)

    def stop_listening(self) -> None:
        """Accept nobody any more."""
        if self._server is not None:
            self._server.close()

    def close_sessions(self) -> None:
        """Let each façade say goodbye; idle HTTP connections end at once."""
        for endpoint in self.endpoints:
            for session in tuple(endpoint.sessions):
                endpoint.shield(endpoint.facade.shutting_down, session)
        for connection in tuple(self._state.connections):
            connection.shutdown()

    def left(self) -> None:
        """A connection is gone."""
        if self._connections() == 0:
            self._idle.set()

    async def wait_idle(self) -> None:
        """Return once every connection is gone."""
        while self._connections():
            self._idle.clear()
            await self._idle.wait()

    def abort(self) -> None:
        """Cut what is left."""
        for endpoint in self.endpoints:
            for session in tuple(endpoint.sessions):
                session.abort()
        for connection in tuple(self._state.connections):
            connection.transport.abort()
        for task in tuple(self._state.tasks):
            task.cancel()

    def _connections(self) -> int:
        sessions = sum(len(endpoint.sessions) for endpoint in self.endpoints)
        return len(self._state.connections) + sessions

    def _connect(self) -> HttpProtocol:
        return HttpProtocol(self, self._config, self._state)

    def _health(self) -> dict[str, object]:
        return {
            "status": "ok",
            "endpoints": {endpoint.facade.name: len(endpoint.sessions) for endpoint in self.endpoints},
        }


def _admit(endpoint: Endpoint, handshake: Handshake) -> HttpRefusal | None:
    """Ask the façade; one that fails admits nobody."""
    answer = endpoint.shield(lambda: (endpoint.facade.admit(handshake),))
    return PROBLEM if answer is None else answer[0]


def _refuse(transport: asyncio.Transport, refusal: HttpRefusal) -> None:
    body = refusal.body.encode()
    headers = Headers(
        {"Content-Type": refusal.content_type, "Content-Length": str(len(body)), "Connection": "close"}
    )
    transport.write(Response(refusal.status, "Refused", headers, body).serialize())
    transport.close()


def _limit_send_buffer(transport: asyncio.Transport, size: int) -> None:
    raw = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
