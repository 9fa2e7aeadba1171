"""Fixtures of the document clients' tests: a whole server in this process, by hand or on the real clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.contract.provocation import MARKER, promises

if TYPE_CHECKING:
    from embedded_server.server import Server

__all__ = ["promises"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


ServerAt = Callable[[int | None], Awaitable["Server"]]


@pytest_asyncio.fixture
async def server_at() -> AsyncIterator[ServerAt]:
    """`await server_at(start)`: a server by hand whose market begins then (ns since the epoch)."""
    from embedded_server.server import Server
    from embedded_server.settings import ServerSettings
    from embedded_server.transport.limits import Limits
    from embedded_server.transport.time_source import ManualTimeSource

    async with AsyncExitStack() as stack:

        async def start(moment: int | None) -> Server:
            settings = ServerSettings(seed=7, ports="free", clock="manual", start=moment)
            limits = Limits(close_seconds=0.2)
            server = Server(settings, time_source=ManualTimeSource(), limits=limits)
            return await stack.enter_async_context(server)

        yield start


@pytest_asyncio.fixture
async def server(server_at: ServerAt) -> Server:
    """Seed 7, free ports; market and protocol timers move by `server.advance` only."""
    return await server_at(None)


@pytest_asyncio.fixture
async def real_server() -> AsyncIterator[Server]:
    """The server as it is started: real clock, real timers."""
    from embedded_server.server import Server
    from embedded_server.settings import ServerSettings
    from embedded_server.transport.limits import Limits

    async with Server(ServerSettings(seed=7, ports="free"), limits=Limits(close_seconds=0.2)) as running:
        yield running
