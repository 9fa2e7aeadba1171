"""A stub server, a record of what a link tells, and a link between them that is not started yet."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from link_stub import EchoCodec, Record, Stub

from tui_trader.connection import conversation
from tui_trader.connection.link import Link
from tui_trader.protocols.codec import Endpoint


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    server = Stub()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
async def link(stub: Stub, record: Record, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Link]:
    """A link that is not started yet."""
    monkeypatch.setattr(conversation, "FIRST_PING_SECONDS", 0.0)
    one = Link(EchoCodec("echo", Endpoint(stub.url)), record)
    yield one
    await one.stop()
