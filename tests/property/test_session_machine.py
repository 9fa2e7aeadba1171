"""Each protocol's session against a model of a few lines: who may ask, how often, and what ends a connection.

The model is written from RELIABILITY.md's table and the documents; it says before every step whether the
server must close, and with what. `SESSION_EXAMPLES`, `SESSION_STEPS` make it longer, `SESSION_SEED` another.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import note, seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

sys.path.append(str(Path(__file__).parents[1] / "contract"))

import aiohttp
from flows import channels as channels_flow
from flows.onetrade import signed_in
from harness import Peer, connector, eventually

from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from tests.state_machines import walks
from tests.torture import figures

EXAMPLES = int(os.environ.get("SESSION_EXAMPLES", "1"))
STEPS = int(os.environ.get("SESSION_STEPS", "12"))
SEED = int(os.environ.get("SESSION_SEED", "1"))
GOOD: dict[str, Any] = {
    "orchestrator": {"type": "get_active_strategies"},
    "market_data_gateway": {"type": "get_instruments"},
    "risk_guardian": {"type": "set_risk_limits", "data": {"maxDrawdownPercent": 90}},
    "bot_core": {"type": "BotCommand", "data": {"command": "START"}},
    "ai_service": {"type": "Ping"},
    "bars": {"type": "bars.unsubscribe", "payload": {"symbol": "AAPL", "resolution": "1"}},
    "onetrade": "9",
    "channels": {"action": "unsubscribe", "channels": ["system_events"]},
}
"""Something harmless that is always answered."""
MESSAGES_A_MINUTE = 100
PATIENCE = {
    "market_data_gateway": (20, "Too many invalid messages"),
    "risk_guardian": (20, "Too many invalid messages"),
    "ai_service": (20, "Too many invalid messages"),
    "onetrade": (20, "Too many bad messages"),
    "channels": (20, "Too many bad messages"),
    "bars": (1, ""),
}
"""Bad messages a minute that end a connection; the others' documents keep it."""
Close = tuple[int, str]


def step(chance: Random) -> tuple[str, Any]:
    """What the client does next. Not hypothesis' own choice: its first example is the dullest there is."""
    steps: list[tuple[str, Any]] = [
        ("say", chance.choice([1, 5, 40, 101, 104])),
        ("babble", chance.choice([1, 3, 19, 20])),
        ("wait", chance.choice([0.5, 5.0, 11.0, 24.0, 31.0, 61.0])),
        ("wait", chance.choice([0.5, 5.0, 11.0, 24.0])),
        ("ping", 1),
        ("log_in", chance.random() < 0.5),
        ("subscribe", 1),
    ]
    return chance.choice(steps)


class Model:
    """What a connection did in the last minute, and what that means."""

    def __init__(self, endpoint: str, now: float) -> None:
        self.endpoint = endpoint
        self.now = self.opened = self.heard = now
        self.messages: list[float] = []
        self.bad: list[float] = []
        self.floods: list[float] = []
        self.failed: list[float] = []
        self.early_pings = 0
        self.last_ping = now
        self.known = endpoint != "channels"
        self.listening = False

    def message(self) -> tuple[bool, Close | None]:
        """Whether a message is heard at all, and how the connection ends upon it."""
        self.messages = [one for one in self.messages if self.now - one < 60]
        if len(self.messages) < MESSAGES_A_MINUTE:
            self.messages.append(self.now)
            return True, None
        if self.endpoint != "channels":
            return False, (1008, "Too many messages")
        self.floods = [one for one in self.floods if self.now - one < 60] + [self.now]
        return False, (1008, "Too many requests") if len(self.floods) >= 3 else None

    def bad_message(self) -> Close | None:
        """How the connection ends upon one that cannot be used."""
        most, reason = PATIENCE.get(self.endpoint, (10**9, ""))
        self.bad = [one for one in self.bad if self.now - one < 60] + [self.now]
        if len(self.bad) < most:
            return None
        return (1003, "Could not validate payload") if self.endpoint == "bars" else (1008, reason)

    def ping(self) -> Close | None:
        """bot-core.md: every 30 seconds, one may come early."""
        self.early_pings += self.now - self.last_ping < 27
        self.last_ping = self.now
        return (1008, "Ping more often") if self.early_pings > 1 else None

    def failed_login(self) -> Close | None:
        """Five a minute."""
        self.failed = [one for one in self.failed if self.now - one < 60] + [self.now]
        return (1008, "Too many failed logins") if len(self.failed) >= 5 else None

    def silence(self, seconds: float) -> Close | None:
        """How the connection ends while nothing is said for so long."""
        self.now += seconds
        if self.endpoint == "bars" and self.now - self.heard >= 30:
            return (1003, "Connection timed out")
        if self.endpoint == "channels" and not self.known and self.now - self.opened >= 10:
            return (1008, "Authentication timeout")
        if self.endpoint == "channels" and self.known and not self.listening and self.now - self.heard >= 40:
            return (1000, "Session timeout")
        return None


class SessionMachine(RuleBasedStateMachine):
    """One client that does what it likes."""

    endpoint: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.offset = self.sent = self.step = 0

    @initialize()
    def begin(self) -> None:
        """Open a server and a connection."""
        self.runner.run(self.open())

    async def open(self) -> None:
        options: dict[str, Any] = {"ports": "free", "clock": "manual", "timers": "manual", "ephemeral": True}
        self.server = await self.stack.enter_async_context(Server(ServerSettings(seed=7, **options)))
        self.connect = await self.stack.enter_async_context(connector())
        await self.reopen()

    async def reopen(self) -> None:
        """A connection of which nothing is known yet."""
        url = self.server.endpoints[self.endpoint]
        if self.endpoint == "onetrade":
            trader = await self.stack.enter_async_context(signed_in(self.server))
            url += f"?session_id={trader.session_id}&access_token={trader.access_token}"
        self.peer: Peer = await self.connect(url)
        self.model = Model(self.endpoint, self.server.time.monotonic())

    @rule(number=st.integers(0, 2**32))
    def happens(self, number: int) -> None:
        """The client does something; the connection ends if, and only if, and as the model says."""
        self.step += 1
        name, term = step(Random(f"{SEED}/{self.endpoint}/{self.step}/{number}"))
        note(f"{name} {term}")
        figures.add(inputs=1)
        self.runner.run(self.carry_out(name, term))

    async def carry_out(self, name: str, term: Any) -> None:
        expected = await getattr(self, name)(term)
        answered, close = await self.listen()
        assert (close is None) == (expected is None), (name, term, close, expected)
        if close is not None and expected is not None:
            assert close[0] == expected[0], (close, expected)
            assert close[1].startswith(expected[1]), (close, expected)
            await self.reopen()
        elif not self.model.known:
            assert not any("channel" in one for one in answered), "data before the login"

    async def say(self, times: int) -> Close | None:
        """Something harmless, so many times."""
        if not self.model.known:
            return None
        for _ in range(times):
            heard, end = self.model.message()
            await self.send(GOOD[self.endpoint])
            if end is not None:
                return end
            if heard:
                self.model.heard = self.model.now
        return None

    async def babble(self, times: int) -> Close | None:
        """What is no message, so many times."""
        if not self.model.known:
            return None
        for _ in range(times):
            heard, end = self.model.message()
            await self.send('{"type":')
            end = end or (self.model.bad_message() if heard else None)
            if end is not None:
                return end
            self.model.heard = self.model.now
        return None

    async def ping(self, _: int) -> Close | None:
        """A documented ping, where there is one."""
        if self.endpoint != "bot_core":
            return None
        heard, end = self.model.message()
        await self.send({"type": "Ping"})
        return end or (self.model.ping() if heard else None)

    async def log_in(self, good: bool) -> Close | None:
        """Sign in, or fail to."""
        if self.endpoint != "channels" or self.model.known:
            return None
        self.offset += 1
        message = channels_flow.authentication(self.server, self.offset)
        if not good:
            message["signature"] = "0" * 64
        heard, end = self.model.message()
        await self.send(message)
        if end is not None or not heard:
            return end
        if not good:
            return self.model.failed_login()
        self.model.known, self.model.heard = True, self.model.now
        return None

    async def subscribe(self, _: int) -> Close | None:
        """Ask for data: before the login nothing may come of it."""
        if self.endpoint != "channels":
            return None
        if self.model.known and not self.model.listening:
            heard, end = self.model.message()
            self.model.listening = heard
        elif not self.model.known:
            heard, end = self.model.message()
        else:
            return None
        params = {"exchange": "binance", "symbols": ["BTCUSDT"]}
        await self.send({"action": "subscribe", "channels": ["market_data"], "params": params})
        return end

    async def wait(self, seconds: float) -> Close | None:
        """Say nothing; timers look every second at most."""
        before = self.model.silence(0.0)
        expected = self.model.silence(seconds)
        await self.server.advance(seconds)
        return before or expected

    async def send(self, message: Any) -> None:
        """Send, and count."""
        self.sent += 1
        await self.peer.send(message)

    async def listen(self) -> tuple[list[Any], Close | None]:
        """All that was said once the server has read everything; how it closed, if it did."""
        endpoint, said = self.server.endpoint(self.endpoint), []
        (session,) = endpoint.sessions or (None,)
        await eventually(
            lambda: endpoint.messages_received == self.sent or session is None or session._closing
        )
        self.server.pacer.publish()
        ends = session is None or session._closing
        while True:
            try:
                message = await self.peer.socket.receive(5.0 if ends else 0.003)
            except TimeoutError:
                assert not ends, "no close frame"
                return said, None
            if message.type is aiohttp.WSMsgType.CLOSE:
                await eventually(lambda: not endpoint.sessions)
                self.sent = endpoint.messages_received
                return said, (int(message.data), str(message.extra or ""))
            if message.type is aiohttp.WSMsgType.TEXT:
                said.append(json.loads(message.data))

    def teardown(self) -> None:
        """Leave nothing."""
        self.runner.run(self.stack.aclose())
        self.runner.close()


@pytest.mark.parametrize("name", GOOD)
def test_a_connection_ends_only_as_documented_and_always_then(name: str) -> None:
    class Machine(SessionMachine):
        endpoint = name

    run_state_machine_as_test(seed(SEED)(Machine), settings=walks(EXAMPLES, STEPS))
