"""Fixtures of the document clients' tests: a whole server in this process, by hand or on the real clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from embedded_server.server import Server


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    """Seed 7, free ports; market and protocol timers move by `server.advance` only."""
    from embedded_server.server import Server
    from embedded_server.settings import ServerSettings
    from embedded_server.transport.limits import Limits
    from embedded_server.transport.time_source import ManualTimeSource

    settings = ServerSettings(seed=7, ports="free", clock="manual", allowed_origins=())
    limits = Limits(close_seconds=0.2)
    async with Server(settings, time_source=ManualTimeSource(), limits=limits) as running:
        yield running


@pytest_asyncio.fixture
async def real_server() -> AsyncIterator[Server]:
    """The server as it is started: real clock, real timers."""
    from embedded_server.server import Server
    from embedded_server.settings import ServerSettings
    from embedded_server.transport.limits import Limits

    async with Server(
        ServerSettings(seed=7, ports="free"), limits=Limits(close_seconds=0.2)
    ) as running:
        yield running
