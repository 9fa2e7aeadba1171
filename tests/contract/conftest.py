"""Fixtures of the contract tests: a whole server in this process on a hand-driven clock, and a client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from harness import Connect, connector

from tests.contract.provocation import MARKER, promises

if TYPE_CHECKING:
    from desk import Desk
    from flows.onetrade import Trader

    from embedded_server.server import Server

__all__ = ["promises"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(autouse=True, scope="session")
def children(compiled_once: None) -> None:
    """Every process after the first finds its modules compiled."""


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
async def trader(server: Server) -> AsyncIterator[Trader]:
    """A client of OneTrade's REST half, logged in."""
    from flows.onetrade import signed_in

    async with signed_in(server) as given:
        yield given


@pytest_asyncio.fixture
async def desk(server: Server) -> AsyncIterator[Desk]:
    """A client of the control endpoint."""
    from desk import at_the_desk

    async with at_the_desk(server) as opened:
        yield opened


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """`await connect(url, headers=...)` gives a `Peer`."""
    async with connector() as opened:
        yield opened
