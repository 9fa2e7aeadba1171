"""Façades that answer each message with itself, for tests of what carries messages."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from embedded_server.model.events import Event
from embedded_server.protocols.facade import Client, Facade, Handshake, HttpRefusal, Services


class Echo(Facade):
    """Answers each message with itself; a few words make it do more."""

    name = "echo"
    port = 1
    path = "/ws"
    max_messages_per_minute = 5

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.clients: list[Client] = []
        self.gone: list[Client] = []

    def admit(self, handshake: Handshake) -> HttpRefusal | None:
        if "refuse" in handshake.query:
            return HttpRefusal(400, '{"message":"session is already used"}', "application/json")
        return None

    def opened(self, client: Client) -> None:
        self.clients.append(client)

    def closed(self, client: Client) -> None:
        self.gone.append(client)

    def received(self, client: Client, message: str | bytes) -> None:
        if message == "subscribe":
            self.topics.subscribe(client, "prices")
        elif message == "leave":
            client.send(b"bye")
            client.close(1003, "Could not validate payload")
        elif message == "crash":
            raise RuntimeError("a bug")
        elif isinstance(message, bytes):
            client.send(message, binary=True)
        else:
            client.send(message.encode())

    def publish(self, events: Sequence[Event]) -> None:
        pass

    def routes(self) -> Sequence[Route]:
        async def double(request: Request) -> JSONResponse:
            return JSONResponse(2 * await request.json())

        return (Route("/double", double, methods=["POST"]),)


class Other(Echo):
    """Shares the port."""

    name = "other"
    path = "/api/v1/ws"
    max_messages_per_minute = 0
