"""picows on asyncio: send to each."""

from __future__ import annotations

import asyncio

from pacing import Plan, obey, payload
from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

groups: dict[str, list[WSTransport]] = {}
texts: dict[str, dict[str, list[bytes]]] = {}


class Listener(WSListener):
    """Joins the group that the path names."""

    def __init__(self, group: str) -> None:
        super().__init__()
        self.group = group

    def on_ws_connected(self, transport: WSTransport) -> None:
        groups.setdefault(self.group, []).append(transport)


def listener(request: WSUpgradeRequest) -> Listener:
    """One for each client."""
    return Listener(request.path.decode().lstrip("/"))


def plan(load: str, content: Plan) -> None:
    """Encode each message once."""
    texts[load] = {group: [payload(size).encode() for size in sizes] for group, sizes in content.items()}


def tick(load: str) -> None:
    """Send each message to each client."""
    for group, messages in texts[load].items():
        for text in messages:
            for transport in groups.get(group, ()):
                transport.send(WSMsgType.TEXT, text)


async def main() -> None:
    """Serve."""
    server = await ws_create_server(listener, "127.0.0.1", 0)
    await obey(server.sockets[0].getsockname()[1], plan, tick)


asyncio.run(main())
