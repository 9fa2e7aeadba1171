"""The clients of one endpoint in order of arrival, and telling all of them what must not be lost."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from embedded_server.protocols.facade import Client

_encode = msgspec.json.Encoder().encode


def encode(message: msgspec.Struct) -> bytes:
    """A message model as compact UTF-8 JSON, fields in the model's order."""
    return _encode(message)


class Audience:
    """Open clients by id."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    def __len__(self) -> int:
        return len(self._clients)

    def __iter__(self) -> Iterator[Client]:
        return iter(tuple(self._clients.values()))

    def __contains__(self, client: Client) -> bool:
        return client.id in self._clients

    def join(self, client: Client) -> None:
        """A client to be told from now on."""
        self._clients[client.id] = client

    def leave(self, client: Client) -> None:
        """Forget a client; safe to repeat."""
        self._clients.pop(client.id, None)

    def tell(self, message: msgspec.Struct) -> None:
        """Send to every client, encoded once; never coalesced."""
        if self._clients:
            payload = _encode(message)
            for client in self:
                client.send(payload)


def send(client: Client, message: msgspec.Struct) -> None:
    """Send one message to one client."""
    client.send(_encode(message))
