"""What went over the sockets of a test, seen from the client's side: the proof of `@pytest.mark.provokes`."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import aiohttp
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from embedded_server.server import Server
from tests.contract.documented import CLIENT, CLOSE, ITEMS, Item, found

Frame = str | bytes


class Observation:
    """Frames and closes, by endpoint."""

    def __init__(self) -> None:
        self._urls: dict[str, str] = {}
        self._sent: list[tuple[str, Frame]] = []
        self._received: list[tuple[str, Frame]] = []
        self._closes: list[tuple[str, int | None, str]] = []

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Watch every client connection of both libraries until the patch is undone."""
        self._watch_servers(patch)
        self._watch_aiohttp(patch)
        self._watch_websockets(patch)

    def missing(self, patterns: Iterable[str]) -> list[str]:
        """Ids among those promised that were not seen."""
        return [id_ for id_ in promised(patterns) if not self._saw(ITEMS[id_])]

    def _saw(self, item: Item) -> bool:
        if item.kind == CLOSE:
            return any(
                self._urls.get(url) == item.endpoint
                and code == item.fields["code"]
                and reason.startswith(str(item.fields["reason"]))
                for url, code, reason in self._closes
            )
        frames = self._sent if item.kind == CLIENT else self._received
        return any(_matches(item, frame) for url, frame in frames if self._urls.get(url) == item.endpoint)

    def _watch_servers(self, patch: pytest.MonkeyPatch) -> None:
        enter = Server.__aenter__

        async def entered(server: Server) -> Server:
            await enter(server)
            self._urls |= {url.rstrip("/"): name for name, url in server.endpoints.items()}
            return server

        patch.setattr(Server, "__aenter__", entered)

    def _watch_aiohttp(self, patch: pytest.MonkeyPatch) -> None:
        kind = aiohttp.ClientWebSocketResponse
        receive = kind.receive

        def url(socket: Any) -> str:
            return _plain(str(socket._response.url))

        async def received(socket: Any, *args: Any) -> aiohttp.WSMessage:
            message = await receive(socket, *args)
            if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                self._received.append((url(socket), message.data))
            elif message.type is aiohttp.WSMsgType.CLOSE:
                self._closes.append((url(socket), message.data, message.extra or ""))
            return message

        patch.setattr(kind, "receive", received)
        for name in ("send_str", "send_bytes"):
            patch.setattr(kind, name, self._sending(getattr(kind, name), url))

    def _watch_websockets(self, patch: pytest.MonkeyPatch) -> None:
        receive = ClientConnection.recv

        def url(socket: Any) -> str:
            host, port = socket.remote_address[:2]
            return _plain(f"ws://{host}:{port}{socket.request.path}")

        async def received(socket: Any, *args: Any, **options: Any) -> Frame:
            try:
                frame = await receive(socket, *args, **options)
            except websockets.ConnectionClosed as closed:
                if closed.rcvd is not None:
                    self._closes.append((url(socket), closed.rcvd.code, closed.rcvd.reason))
                raise
            self._received.append((url(socket), frame))
            return frame

        patch.setattr(ClientConnection, "recv", received)
        patch.setattr(ClientConnection, "send", self._sending(ClientConnection.send, url))

    def _sending(
        self, send: Callable[..., Awaitable[None]], url: Callable[[Any], str]
    ) -> Callable[..., Awaitable[None]]:
        async def sent(socket: Any, frame: Frame, *args: Any, **options: Any) -> None:
            self._sent.append((url(socket), frame))
            await send(socket, frame, *args, **options)

        return sent


def promised(patterns: Iterable[str]) -> list[str]:
    """Ids of all items the patterns name; each must name one. `*` may stand for anything."""
    ids: list[str] = []
    for pattern in patterns:
        named = [id_ for id_ in ITEMS if fnmatch.fnmatchcase(id_, pattern)]
        assert named, f"no document names {pattern}"
        ids += named
    return ids


def _matches(item: Item, frame: Frame) -> bool:
    if item.binary is not None:
        return isinstance(frame, bytes) and frame.decode().startswith(item.binary)
    if item.text is not None:
        return frame == item.text
    if isinstance(frame, bytes):
        return False
    try:
        message = json.loads(frame)
    except ValueError:
        return False
    return all(found(message, path, value) for path, value in item.fields.items())


def _plain(url: str) -> str:
    return url.partition("?")[0].replace("http://", "ws://").rstrip("/")
