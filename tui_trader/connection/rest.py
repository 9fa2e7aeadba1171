"""REST calls of a link over httpx, which is imported, in a thread, on the first call and never before."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tui_trader.connection.tap import Tap
from tui_trader.connection.trust import certificate_fault, context
from tui_trader.protocols.codec import HttpCall, HttpRequest
from tui_trader.protocols.json_reading import write

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 10.0
MAX_BODY = 16 * 1024 * 1024
IDLE_SECONDS = 2.0
"""An idle connection is used again for so long only: many servers close theirs after five, and an order that
meets its closing has an unknown outcome."""
_MAX_CONNECTIONS = 8


class NotSent(OSError):
    """The request never left: the server did nothing with it."""


class Rest(HttpCall):
    """Calls to one base URL, such as `http://127.0.0.1:8070`."""

    def __init__(
        self,
        base_url: str,
        tap: Tap | None = None,
        clock: Callable[[], float] = time.monotonic,
        ca_file: Path | None = None,
    ) -> None:
        self.base_url = base_url
        self._ca_file = ca_file
        self._tap = tap or Tap("")
        self._clock = clock
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, request: HttpRequest) -> tuple[int, bytes]:
        """Return status and body.

        Raises `NotSent` when the server was not reached, another `OSError` when no answer came back.
        """
        if not self.base_url:
            raise NotSent("the link has no HTTP address")
        client = await self._open()
        self._tap.requested(request, self._clock())
        import httpx

        try:
            status, body = await self._exchange(client, request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(certificate_fault(error) or f"cannot connect: {_reason(error)}") from error
        except httpx.InvalidURL as error:
            raise NotSent("the HTTP address is not valid") from error
        except httpx.HTTPError as error:
            raise OSError(f"no answer: {_reason(error)}") from error
        self._tap.answered(request, status, body, self._clock())
        return status, body

    async def _exchange(self, client: httpx.AsyncClient, request: HttpRequest) -> tuple[int, bytes]:
        headers = dict(request.headers)
        content: bytes | None = None
        if request.body is not None:
            content = request.body if isinstance(request.body, bytes) else write(request.body).encode()
            headers.setdefault("Content-Type", "application/json")
        url = self.base_url.rstrip("/") + request.path
        async with client.stream(
            request.method, url, params=dict(request.query) or None, headers=headers, content=content
        ) as response:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > MAX_BODY:
                    raise OSError("the answer is too long")
            return response.status_code, bytes(body)

    async def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            httpx = await asyncio.to_thread(importlib.import_module, "httpx")
            secure = self.base_url.startswith("https:")
            if self._client is None:  # another call may have been quicker
                self._client = httpx.AsyncClient(
                    verify=context(self._ca_file) if secure else False,  # a context costs 30 ms
                    timeout=TIMEOUT_SECONDS,
                    trust_env=False,
                    follow_redirects=False,
                    headers={"User-Agent": "tui-trader"},
                    limits=httpx.Limits(max_connections=_MAX_CONNECTIONS, keepalive_expiry=IDLE_SECONDS),
                )
        return self._client

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
