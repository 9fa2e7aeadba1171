"""Fetches every document of a running server into a folder: `python -m tests.schemas.fetch_documents DIR`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiohttp

from embedded_server.server import Server
from embedded_server.settings import ServerSettings


async def fetch(folder: Path) -> None:
    """AsyncAPI, OpenAPI and page of every endpoint."""
    settings = ServerSettings(seed=7, ports="free", clock="manual", ephemeral=True)
    async with Server(settings) as server, aiohttp.ClientSession(raise_for_status=True) as session:
        for name, base in server.http.items():
            places = {"/openapi.json": "openapi.json"}
            if name in server.endpoints:
                page = server.endpoint(name).facade.page
                places |= {f"{page}.json": "asyncapi.json", page: "html"}
            else:
                places["/"] = "html"
            for path, suffix in places.items():
                async with session.get(base + path) as answer:
                    (folder / f"{name}.{suffix}").write_bytes(await answer.read())


def main() -> None:
    """Fetch into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(fetch(folder))


if __name__ == "__main__":
    main()
