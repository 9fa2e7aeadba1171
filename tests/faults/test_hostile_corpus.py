"""Every endpoint is told all of the corpus: it answers as documented, and its other clients notice nothing.

`HOSTILE_CASES=all` runs the whole corpus; a number, that many of each endpoint; `HOSTILE_SEED` chooses which.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from flows import channels as channels_flow
from flows import onetrade as onetrade_flow
from harness import Connect, Peer, connector

from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from tests.faults.hostile_corpus import Case, cases
from tests.torture import figures

SIZE = os.environ.get("HOSTILE_CASES", "40")
SEED = int(os.environ.get("HOSTILE_SEED", "7"))
PER_CONNECTION = 9
"""Fewer than the 20 bad messages a minute after which a connection is not kept."""

OFFSETS = itertools.cycle(range(-2000, 2000))
Enter = Callable[[Server, Connect], Awaitable[Peer]]


@dataclass(frozen=True)
class Manners:
    """How an endpoint talks."""

    question: Any
    """A harmless request ..."""
    answered: Callable[[Any], bool]
    """... and what its answer looks like."""
    refused: Callable[[Any], bool]
    """What the document says upon a message that cannot be used."""
    enter: Enter
    close: tuple[int, tuple[str, ...]] | None = None
    """Where the document closes instead."""
    tolerated: tuple[str, ...] = ()
    """How the names of cases end that the endpoint may take: optional fields that are null."""
    taken: tuple[str, ...] = ("answered",)
    """Outcomes of those."""


def at(name: str) -> Enter:
    async def enter(server: Server, connect: Connect) -> Peer:
        return await connect(server.endpoints[name])

    return enter


async def enter_onetrade(server: Server, connect: Connect) -> Peer:
    async with onetrade_flow.signed_in(server) as trader:
        return await trader.socket(server, connect)


async def enter_channels(server: Server, connect: Connect) -> Peer:
    """A signature counts once, and time stands still."""
    return await channels_flow.signed_in(server, connect, offset_ms=next(OFFSETS))


def of(kind: str, *codes: object) -> Callable[[Any], bool]:
    return lambda message: (
        isinstance(message, dict)
        and message.get("type") == kind
        and (not codes or message["data"].get("code") in codes)
    )


CONFIG = ("symbols", "dataResolution", "maxPositionValue", "maxOrdersPerMinute", "stopLossPercentage")
PING = ("Ping: timestamp is null", "Ping: timestamp is a text")
MANNERS = {
    "orchestrator": Manners(
        {"type": "get_active_strategies"},
        of("strategy_status_list"),
        of("error", "INVALID_MESSAGE", "INVALID_CONFIG"),
        at("orchestrator"),
        tolerated=tuple(f"{name} is null" for name in ("config", *CONFIG)),
    ),
    "market_data_gateway": Manners(
        {"type": "get_instruments"},
        of("instruments"),
        of("error"),
        at("market_data_gateway"),
        tolerated=("channels is null", "resolution is null"),
    ),
    "risk_guardian": Manners(
        {"type": "are_you_there"},
        lambda message: of("error")(message) and message["data"].get("request") == "are_you_there",
        lambda message: of("error")(message) and message["data"].get("request") != "are_you_there",
        at("risk_guardian"),
        tolerated=("Percent is null",),
    ),
    "bot_core": Manners(
        {"type": "Authenticate", "token": "guess"},
        of("Error", "AUTHENTICATION_FAILED"),
        of("Error", "WEBSOCKET_ERROR"),
        at("bot_core"),
        tolerated=PING,
        taken=("answered", "1008 Ping more often than every 30 seconds"),
    ),
    "ai_service": Manners(
        {"type": "RequestSignal", "data": {"symbol": "NOPE", "timeframe": "1h"}},
        of("Error", "MARKET_DATA_ERROR"),
        of("Error", "WEBSOCKET_ERROR"),
        at("ai_service"),
        tolerated=PING,
    ),
    "bars": Manners(
        {"type": "bars.unsubscribe", "payload": {"symbol": "AAPL"}},
        of("bars.unsubscribe.response"),
        lambda message: False,
        at("bars"),
        close=(1003, ("Could not validate payload", "No matching type")),
    ),
    "onetrade": Manners("9", lambda message: message == 10, of("error"), enter_onetrade),
    "channels": Manners(
        {"action": "unsubscribe", "channels": ["system_events"]},
        lambda message: message.get("event") == "unsubscribed",
        lambda message: message.get("event") == "error" and message["code"] in (400, 404),
        enter_channels,
    ),
}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    settings = ServerSettings(seed=7, ports="free", clock="manual", timers="manual")
    async with Server(settings, limits=Limits(close_seconds=0.2)) as running:
        yield running


def chosen(endpoint: str) -> list[Case]:
    """A sample in the corpus' order, or all of it."""
    every = list(cases(endpoint))
    if SIZE == "all":
        return every
    kept = set(random.Random(f"{SEED}{endpoint}").sample(range(len(every)), min(int(SIZE), len(every))))
    return [case for number, case in enumerate(every) if number in kept or case.close]


class Attacker:
    """Says one case after the other, on a connection that is renewed in time."""

    def __init__(self, manners: Manners, server: Server, connect: Connect) -> None:
        self._manners = manners
        self._server = server
        self._connect = connect
        self._peer: Peer | None = None
        self._said = 0

    async def outcome(self, case: Case) -> str:
        """`refused`, `answered` (the case was taken, or passed over), or how the connection ended."""
        if self._peer is None or self._said >= PER_CONNECTION:
            await self.leave()
            self._peer = await self._manners.enter(self._server, self._connect)
            self._said = 0
        self._said += 1
        kind = aiohttp.WSMsgType.BINARY if case.binary else aiohttp.WSMsgType.TEXT
        await self._peer.socket.send_frame(case.payload, kind)
        if case.close is None:
            await self._peer.send(self._manners.question)
        return await self._listen()

    async def _listen(self) -> str:
        """The refusal comes before the answer to the question that was asked behind it, or not at all."""
        assert self._peer is not None
        refused = False
        while True:
            message = await self._peer.socket.receive(10)
            if message.type is aiohttp.WSMsgType.TEXT:
                content = json.loads(message.data)
                if self._manners.answered(content):
                    return "refused" if refused else "answered"
                refused = refused or self._manners.refused(content)
            elif message.type in (
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.CLOSING,
                aiohttp.WSMsgType.CLOSED,
            ):
                self._peer = None
                return f"{message.data} {message.extra or ''}".strip()

    async def leave(self) -> None:
        """Hang up."""
        if self._peer is not None:
            await self._peer.close()


def verdict(manners: Manners, case: Case, outcome: str) -> str | None:
    """What is wrong with an outcome, or None."""
    if case.close is not None:
        return None if outcome.startswith(str(case.close)) else f"{outcome} instead of {case.close}"
    if manners.close is None:
        good = outcome == "refused"
    else:
        good = outcome in [f"{manners.close[0]} {reason}" for reason in manners.close[1]]
    if good or (outcome in manners.taken and case.name.endswith(manners.tolerated)):
        return None
    return outcome


@pytest.mark.parametrize("endpoint", MANNERS)
async def test_whatever_is_said_is_answered_as_documented_and_hurts_nobody(
    endpoint: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    manners = MANNERS[endpoint]
    caplog.set_level(logging.ERROR)
    wrong = []
    async with connector() as connect:
        healthy = await manners.enter(server, connect)
        streaming = await connect(server.endpoints["market_data_gateway"])
        await streaming.send({"type": "subscribe", "data": {"symbols": ["AAPL"], "channels": ["quote"]}})
        attacker = Attacker(manners, server, connect)
        for number, case in enumerate(chosen(endpoint)):
            problem = verdict(manners, case, await attacker.outcome(case))
            if problem is not None:
                wrong.append(f"{case.name}: {problem}")
            if number % 10 == 9:
                await server.advance(7.0)
                await streaming.until(of("quote"))
                await healthy.send(manners.question)
                await healthy.until(manners.answered)
        await attacker.leave()
    assert not wrong, "\n".join(wrong)
    assert not caplog.records
    figures.add(inputs=number + 1)
