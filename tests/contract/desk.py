"""The control endpoint as tests use it: one method a verb, the token in the header."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from embedded_server.server import Server


class Desk:
    """Status and parsed answer of each request."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http

    async def get(self, path: str) -> tuple[int, Any]:
        """Ask."""
        async with self.http.get(path) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        """Send a JSON object."""
        async with self.http.post(path, json=body) as answer:
            return answer.status, await answer.json()

    async def send(self, path: str, data: bytes) -> tuple[int, Any]:
        """Send any bytes."""
        async with self.http.post(path, data=data) as answer:
            return answer.status, await answer.json()

    async def done(self, path: str, **body: Any) -> Any:
        """Send what must be accepted; the answer."""
        status, answer = await self.post(path, **body)
        assert status == 200, answer
        return answer


@contextlib.asynccontextmanager
async def at_the_desk(server: Server) -> AsyncIterator[Desk]:
    """Hold the token of the credentials file."""
    headers = {"Authorization": f"Bearer {server.credentials.control.token}"}
    async with aiohttp.ClientSession(server.http["control"], headers=headers) as http:
        yield Desk(http)
