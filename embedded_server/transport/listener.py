"""One port: HTTP and WebSockets of the façades that document it."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from starlette.routing import BaseRoute
from starlette.types import ASGIApp
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
from embedded_server.transport.http import Settled, always, build_application
from embedded_server.transport.limits import Limits
from embedded_server.transport.probe import Sweep
from embedded_server.transport.routing import Routes, read_handshake
from embedded_server.transport.session import Session, accept
from embedded_server.transport.socket_options import set_options
from embedded_server.transport.upgrade import HttpProtocol

BACKLOG = 2048
PROBLEM = HttpRefusal(500, "internal error\n")
NOWHERE = HttpRefusal(404, "no endpoint at this path\n")
TURNED_AWAY = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
FULL = TURNED_AWAY % b"503 Service Unavailable"
TOO_MANY = TURNED_AWAY % b"429 Too Many Requests"


class Listener:
    """Accepts connections for a group of endpoints."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        admission: Admission,
        limits: Limits,
        wake: Callable[[], None],
        settled: Settled = always,
        routes: Sequence[BaseRoute] = (),
        operations: Sequence[HttpOperation] = (),
        metrics: Callable[[], bytes] | None = None,
        trouble: Callable[[], str | None] = lambda: None,
        tls: ssl.SSLContext | None = None,
        name: str = "",
    ) -> None:
        """`routes`, what they do (`operations`) and `name` are those of a listener that speaks HTTP only.

        `trouble` says why the server does not take orders, if that is so.
        """
        self.name = name or ", ".join(endpoint.facade.name for endpoint in endpoints)
        self.limits = limits
        self._tls = tls
        self.refused: Counter[str] = Counter()
        """Connections and handshakes turned away, by reason."""
        self._routes = Routes(endpoints)
        self._admission = admission
        self._trouble = trouble
        self._server: asyncio.Server | None = None
        self._state = ServerState()
        self._idle = asyncio.Event()
        self._peers: Counter[str] = Counter()
        self._sweep = Sweep(
            limits, lambda: (session for endpoint in self.endpoints for session in endpoint.sessions)
        )
        facades = [endpoint.facade for endpoint in endpoints]
        application = build_application(
            [
                *documentation_routes(facades, operations, "wss" if tls else "ws"),
                *routes,
                *(route for facade in facades for route in facade.routes()),
            ],
            health=self._health,
            metrics=metrics,
            admission=admission,
            body_bytes=limits.frame_bytes,
            wake=wake,
            settled=settled,
        )
        self._config = _configuration(application)

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
            self._server = await loop.create_server(
                self._connect,
                host,
                port,
                backlog=BACKLOG,
                ssl=self._tls,
                ssl_handshake_timeout=self.limits.request_seconds if self._tls else None,
                ssl_shutdown_timeout=self.limits.close_seconds if self._tls else None,
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(
                    f"port {port} on {host}, wanted for {self.name}, is in use; choose others with {option}"
                ) from None
            raise ConfigurationError(f"cannot listen on {host} port {port}: {_reason(error)}") from None
        self._sweep.start()
        bound = self._server.sockets[0].getsockname()
        return int(bound[1])

    def enter(self, transport: asyncio.Transport, peer: str) -> bytes | None:
        """Take note of a connection; the answer with which it is turned away, or None."""
        set_options(transport, self.limits)
        self._peers[peer] += 1
        if self.connections >= self.limits.connections:
            self.refused["full"] += 1
            return FULL
        if self._peers[peer] > self.limits.peer_connections:
            self.refused["too many of one address"] += 1
            return TOO_MANY
        return None

    def upgrade(
        self,
        transport: asyncio.Transport,
        peer: str,
        target: str,
        headers: list[tuple[str, str]],
        trailing: bytes,
    ) -> None:
        """Answer a WebSocket upgrade and take the transport over, or refuse and close it."""
        secure = transport.get_extra_info("sslcontext") is not None
        handshake = read_handshake(target, headers, peer, secure=secure)
        endpoint = self._routes.find(handshake.path)
        refusal = self._admission.refusal(handshake.headers)
        if refusal is not None:
            self._refuse(transport, refusal, "host or origin")
            return
        if endpoint is None:
            self._refuse(transport, NOWHERE, "path")
            return
        protocol, response, accepted = accept(endpoint, Request(target, Headers(headers)))
        if accepted:
            refusal = _admit(endpoint, handshake)
        if refusal is not None:
            self._refuse(transport, refusal, "endpoint")
            return
        transport.write(response)
        if not accepted:
            self.refused["handshake"] += 1
            self._let_go(transport)
            return
        session = Session(endpoint, handshake, protocol, transport, partial(self.left, peer))
        transport.set_protocol(session)
        session.open()
        if trailing:
            session.data_received(trailing)

    def stop_listening(self) -> None:
        """Accept nobody any more."""
        self._sweep.stop()
        if self._server is not None:
            self._server.close()

    def close_sessions(self) -> None:
        """Let each façade say goodbye; idle HTTP connections end at once."""
        for endpoint in self.endpoints:
            for session in tuple(endpoint.sessions):
                endpoint.shield(endpoint.facade.shutting_down, session)
        for connection in tuple(self._state.connections):
            connection.shutdown()

    def left(self, peer: str) -> None:
        """A connection of this address is gone."""
        self._peers[peer] -= 1
        if self._peers[peer] <= 0:
            del self._peers[peer]
        if self.connections == 0:
            self._idle.set()

    async def wait_idle(self) -> None:
        """Return once every connection is gone."""
        while self.connections:
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

    @property
    def connections(self) -> int:
        """Open connections, HTTP and WebSocket together."""
        sessions = sum(len(endpoint.sessions) for endpoint in self.endpoints)
        return len(self._state.connections) + sessions

    def _refuse(self, transport: asyncio.Transport, refusal: HttpRefusal, reason: str) -> None:
        self.refused[reason] += 1
        _write_refusal(transport, refusal)
        self._let_go(transport)

    def _let_go(self, transport: asyncio.Transport) -> None:
        """Close a connection that belongs to nobody, also if its peer does not read."""
        transport.close()
        asyncio.get_running_loop().call_later(self.limits.close_seconds, transport.abort)

    def _connect(self) -> HttpProtocol:
        return HttpProtocol(self, self._config, self._state)

    def _health(self) -> dict[str, object]:
        return {
            "status": self._trouble() or "ok",
            "endpoints": {endpoint.facade.name: len(endpoint.sessions) for endpoint in self.endpoints},
        }


def _configuration(application: ASGIApp) -> Config:
    """Use uvicorn's protocol alone: its logs, its life and its own headers are switched off."""
    config = Config(
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
    config.load()
    return config


def _admit(endpoint: Endpoint, handshake: Handshake) -> HttpRefusal | None:
    """Ask the façade; one that fails admits nobody."""
    answer = endpoint.shield(lambda: (endpoint.facade.admit(handshake),))
    return PROBLEM if answer is None else answer[0]


def _write_refusal(transport: asyncio.Transport, refusal: HttpRefusal) -> None:
    body = refusal.body.encode()
    headers = Headers(
        {"Content-Type": refusal.content_type, "Content-Length": str(len(body)), "Connection": "close"}
    )
    transport.write(Response(refusal.status, "Refused", headers, body).serialize())


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
