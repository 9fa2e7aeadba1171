"""`websockets` and its broadcast(): one call a message."""

from __future__ import annotations

import asyncio

from pacing import Plan, obey, payload
from websockets.asyncio.server import ServerConnection, broadcast, serve

groups: dict[str, set[ServerConnection]] = {}
texts: dict[str, dict[str, list[str]]] = {}


async def handler(connection: ServerConnection) -> None:
    """Join the group that the path names."""
    assert connection.request is not None
    groups.setdefault(connection.request.path.lstrip("/"), set()).add(connection)
    await connection.wait_closed()


def plan(load: str, content: Plan) -> None:
    """Encode each message once."""
    texts[load] = {group: [payload(size) for size in sizes] for group, sizes in content.items()}


def tick(load: str) -> None:
    """Broadcast each message."""
    for group, messages in texts[load].items():
        for text in messages:
            broadcast(groups.get(group, ()), text)


async def main() -> None:
    """Serve, without compression and without pings."""
    async with serve(handler, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        await obey(next(iter(server.sockets)).getsockname()[1], plan, tick)


asyncio.run(main())
