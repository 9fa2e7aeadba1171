"""aiohttp on uvloop: send_str to each."""

from __future__ import annotations

import uvloop
from aiohttp import WSMsgType, web
from pacing import Plan, obey, payload

groups: dict[str, list[web.WebSocketResponse]] = {}
texts: dict[str, dict[str, list[str]]] = {}


async def handler(request: web.Request) -> web.WebSocketResponse:
    """Join the group that the path names."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    groups.setdefault(request.path.lstrip("/"), []).append(socket)
    async for message in socket:
        if message.type == WSMsgType.ERROR:
            break
    return socket


def plan(load: str, content: Plan) -> None:
    """Encode each message once."""
    texts[load] = {group: [payload(size) for size in sizes] for group, sizes in content.items()}


async def tick(load: str) -> None:
    """Send each message to each client."""
    for group, messages in texts[load].items():
        for text in messages:
            for socket in groups.get(group, ()):
                await socket.send_str(text)


async def main() -> None:
    """Serve."""
    application = web.Application()
    application.router.add_get("/{group}", handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await obey(runner.addresses[0][1], plan, tick)


uvloop.run(main())
