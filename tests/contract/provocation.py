"""The fixture behind `@pytest.mark.provokes`: a test must show on a socket what its marker promises."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness import Peer

    from embedded_server.server import Server
    from tests.contract.observation import Observation

MARKER = (
    "provokes(*ids): items of tests/contract/documented.py this test shows on a real socket (`*` allowed)"
)
TURNS = 20


class Promises:
    """What a test's marker names, and how much of it was seen so far."""

    def __init__(self, patterns: list[str], observation: Observation) -> None:
        self._patterns = patterns
        self._observation = observation

    def left(self) -> list[str]:
        """Ids promised and not seen yet."""
        return self._observation.missing(self._patterns)

    async def keep(self, server: Server, *, seconds: float, step: float = 1.0) -> None:
        """Move the market until all was seen, or for so long; clients must be read meanwhile."""
        moved = 0.0
        while self.left() and moved < seconds:
            await server.advance(step)
            moved += step
            await self.settle()

    async def settle(self) -> None:
        """Let what was sent arrive, as far as that leaves anything to wait for."""
        for _ in range(TURNS):
            if not self.left():
                return
            await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def promises(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Promises | None]:
    """Fails a marked test that did not show what it promises."""
    patterns = [pattern for marker in request.node.iter_markers("provokes") for pattern in marker.args]
    if not patterns:
        yield None
        return
    from tests.contract.observation import Observation

    observation = Observation()
    observation.install(monkeypatch)
    kept = Promises(patterns, observation)
    yield kept
    missing = kept.left()
    assert not missing, f"promised, but not seen: {', '.join(missing)}"


@contextlib.asynccontextmanager
async def listening(*peers: Peer) -> AsyncIterator[None]:
    """Read everything the peers get; what it was is the observation's business."""

    async def read(peer: Peer) -> None:
        with contextlib.suppress(AssertionError):
            while True:
                await peer.receive_raw()

    tasks = [asyncio.create_task(read(peer)) for peer in peers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
