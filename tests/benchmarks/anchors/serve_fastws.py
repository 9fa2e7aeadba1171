"""FastWS 0.1.7 on uvicorn and uvloop: its own broadcast, a pydantic model encoded once a message.

One service a group, as each of our endpoints has clients of its own: it looks at all it has for each message.
"""

import asyncio

import uvicorn
import uvloop
from fastapi import Depends, FastAPI
from fastws import Client, FastWS
from pacing import Plan, obey
from pydantic import BaseModel

services: dict[str, FastWS] = {}
application = FastAPI()
OVERHEAD = len('{"type":"bars.update","payload":""}')


class Update(BaseModel):
    """The shape of FastWS's messages."""

    type: str
    payload: str


messages: dict[str, dict[str, list[Update]]] = {}


def service(group: str) -> FastWS:
    """A FastWS on its own path."""
    one = FastWS()

    @application.websocket(f"/{group}")
    async def handler(client: Client = Depends(one.manage)) -> None:  # noqa: B008 - FastWS's way
        client.subscribe(group)
        await one.serve(client)

    return one


def plan(load: str, content: Plan) -> None:
    """Build each message once."""
    messages[load] = {
        group: [Update(type="bars.update", payload="x" * max(0, size - OVERHEAD)) for size in sizes]
        for group, sizes in content.items()
    }


async def tick(load: str) -> None:
    """Broadcast each message."""
    for group, updates in messages[load].items():
        for update in updates:
            await services[group].broadcast(group, update)


async def main() -> None:
    """Serve."""
    for group in ("bot_core", "channels", "bars", "onetrade"):
        services[group] = service(group)
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    await obey(server.servers[0].sockets[0].getsockname()[1], plan, tick)
    server.should_exit = True
    serving.cancel()


uvloop.run(main())
