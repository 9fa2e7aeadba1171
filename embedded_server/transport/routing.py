"""Which façade a WebSocket path belongs to, among those that share a port."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote

from embedded_server.protocols.facade import Handshake
from embedded_server.transport.endpoint import Endpoint


class Routes:
    """The endpoints of one listener by exact path."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self.endpoints = tuple(endpoints)
        self._by_path = {endpoint.facade.path: endpoint for endpoint in endpoints}
        if len(self._by_path) != len(self.endpoints):
            raise ValueError("two endpoints of one port have the same path")

    def find(self, path: str) -> Endpoint | None:
        """The endpoint served at a path."""
        return self._by_path.get(path)


def read_handshake(
    target: str, headers: Sequence[tuple[str, str]], peer: str, *, secure: bool = False
) -> Handshake:
    """The upgrade request as façades see it."""
    path, _, query = target.partition("?")
    return Handshake(
        path=unquote(path),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=dict(headers),
        peer=peer,
        secure=secure,
    )
