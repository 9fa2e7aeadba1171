"""starlette on uvicorn (websockets-sansio) and uvloop: send_text to each."""

from __future__ import annotations

import asyncio

import uvicorn
import uvloop
from pacing import Plan, obey, payload
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

groups: dict[str, list[WebSocket]] = {}
texts: dict[str, dict[str, list[str]]] = {}


async def handler(socket: WebSocket) -> None:
    """Join the group that the path names."""
    await socket.accept()
    groups.setdefault(socket.path_params["group"], []).append(socket)
    async for _ in socket.iter_text():
        pass


def plan(load: str, content: Plan) -> None:
    """Encode each message once."""
    texts[load] = {group: [payload(size) for size in sizes] for group, sizes in content.items()}


async def tick(load: str) -> None:
    """Send each message to each client."""
    for group, messages in texts[load].items():
        for text in messages:
            for socket in groups.get(group, ()):
                await socket.send_text(text)


async def main() -> None:
    """Serve."""
    application = Starlette(routes=[WebSocketRoute("/{group}", handler)])
    config = uvicorn.Config(application, port=0, ws="websockets-sansio", log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    await obey(server.servers[0].sockets[0].getsockname()[1], plan, tick)
    server.should_exit = True
    serving.cancel()


uvloop.run(main())
