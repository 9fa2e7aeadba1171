"""RELIABILITY.md, From the documents: the console's half of each row, on a clock that only a test moves.

Real links, codecs and sockets; the servers are scripts. `turn` lets whatever is under way on them arrive.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import pairwise

import pytest
from link_stub import Record, Stub
from websockets.asyncio.server import ServerConnection

from tests.ui.hand_clock import HandClock, hand_driven
from tui_trader.connection.link import Link
from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import LinkState, OrderKind, Side
from tui_trader.protocols.codec import Codec, Endpoint, HttpCall, HttpRequest
from tui_trader.protocols.registry import codec_for

HOUR = 3_600.0
CONNECTED = '{"type":"Connected","message":"hello","timestamp":1}'
GREETING = {
    "bot_core": CONNECTED,
    "ai_service": '{"type":"connection","message":"hello"}',
}
LOGIN = b'{"success":true,"data":{"access_token":"token-%d","session_id":"session-%d"}}'
SYMBOLS = (
    b'[{"id":1,"symbol":"EURUSD","digits":5,"contract_size":100000,"min_value":0.01,"max_value":50,"step":0.01,'
    b'"tick_size":0.00001,"quote_currency":"USD","desc":"Euro"}]'
)
ACCOUNT = b'{"id":1,"user_id":2,"currency":"USD","balance":100.0}'


class Broker(HttpCall):
    """OneTrade's REST half: logins, session checks and lists; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[HttpRequest] = []
        self.in_use = False

    async def __call__(self, request: HttpRequest) -> tuple[int, bytes]:
        self.asked.append(request)
        match request.purpose:
            case "login":
                return 200, LOGIN % (self.count("login"), self.count("login"))
            case "session_check" if self.in_use:
                return 400, b'{"message":"session is already used"}'
            case "symbols":
                return 200, SYMBOLS
            case "account":
                return 200, ACCOUNT
        return 200, b"{}" if request.purpose == "session_check" else b"[]"

    async def close(self) -> None:
        """Nothing is open."""

    def count(self, purpose: str) -> int:
        return sum(request.purpose == purpose for request in self.asked)


class Scene:
    """A link to a scripted server; `received` are its frames with the clock's time."""

    def __init__(self, stub: Stub, record: Record) -> None:
        self.stub = stub
        self.record = record
        self.clock = HandClock(1_700_000_000_000)
        self.broker = Broker()
        self.received: list[tuple[float, str]] = []
        self.answers: dict[str, str] = {}
        self.greeting: str | None = None
        self.socket: ServerConnection | None = None
        self.link: Link
        stub.talk = self._talk

    def connect(self, protocol: str, **credentials: str) -> Codec:
        codec = codec_for(protocol)(protocol, Endpoint(self.stub.url, credentials=credentials))
        self.link = Link(codec, self.record)
        if protocol == "onetrade":
            self.link._rest = self.link._calls._rest = self.broker  # type: ignore[assignment]  # an HttpCall is enough
        self.link.start()
        return codec

    async def _talk(self, connection: ServerConnection) -> None:
        self.socket = connection
        if self.greeting is not None:
            await connection.send(self.greeting)
        async for frame in connection:
            text = frame if isinstance(frame, str) else frame.hex()
            self.received.append((self.clock.now, text))
            for word, answer in self.answers.items():
                if word in text:
                    await connection.send(answer)

    async def turn(self) -> None:
        """Let everything under way arrive: nothing here waits for real time."""
        for _ in range(60):
            await asyncio.sleep(0)

    async def until(self, state: LinkState) -> None:
        await self.record.until(lambda: self.link.state is state)
        await self.turn()

    async def advance(self, seconds: float, step: float = 0.5) -> None:
        while seconds > 1e-9:
            self.clock.advance(min(step, seconds))
            seconds -= step
            await self.turn()

    async def lose(self) -> None:
        """Cut the connection."""
        assert self.socket is not None
        self.socket.transport.abort()
        await self.record.until(lambda: self.link.state is not LinkState.READY)
        await self.turn()

    def times(self, word: str) -> list[float]:
        return [at - 1_000.0 for at, text in self.received if word in text]

    @property
    def waits(self) -> list[float]:
        """Seconds before each attempt, as they were told."""
        changes = (event for event in self.record.events if isinstance(event, e.LinkChanged))
        return [change.retry_seconds for change in changes if change.retry_seconds is not None]


@pytest.fixture
async def scene(stub: Stub, record: Record) -> AsyncIterator[Scene]:
    one = Scene(stub, record)
    with hand_driven(one.clock):
        yield one
        await one.link.stop()


@pytest.mark.parametrize("protocol", ["bot_core", "ai_service"])
async def test_bot_core_is_pinged_every_thirty_seconds_and_never_sooner(scene: Scene, protocol: str) -> None:
    scene.greeting = GREETING[protocol]
    scene.answers = {'"Ping"': '{"type":"Pong","timestamp":1}'}
    scene.connect(protocol)
    await scene.until(LinkState.READY)
    await scene.advance(200)
    pings = scene.times('"Ping"')
    assert len(pings) == 6
    assert all(30.0 <= after - before <= 31.6 for before, after in pairwise([0.0, *pings]))
    assert scene.link.state is LinkState.READY


async def test_ten_seconds_without_pong_end_the_connection(scene: Scene) -> None:
    scene.greeting = CONNECTED
    scene.connect("bot_core")
    await scene.until(LinkState.READY)
    await scene.advance(32)
    (asked,) = scene.times('"Ping"')
    await scene.advance(asked + 9.5 - 32)
    assert scene.link.state is LinkState.READY
    await scene.advance(1.0)
    assert scene.link.state is LinkState.RECONNECTING
    assert scene.record.events[-1].detail == "no answer to the heartbeat in 10 s"  # type: ignore[union-attr]


async def test_bot_core_is_tried_ten_times_and_then_by_a_key(scene: Scene) -> None:
    await scene.stub.stop()
    scene.greeting = CONNECTED
    scene.connect("bot_core")
    for number in range(1, 11):
        await scene.record.until(lambda number=number: len(scene.waits) == number)
        scene.clock.advance(scene.waits[-1])
    await scene.until(LinkState.OFFLINE)
    assert scene.waits == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30]
    await scene.stub.start()
    await scene.advance(HOUR, 60)
    assert scene.link.state is LinkState.OFFLINE
    assert scene.stub.connections == 0
    scene.link.retry()
    await scene.until(LinkState.READY)


async def test_the_waits_start_over_only_after_thirty_stable_seconds(scene: Scene) -> None:
    scene.greeting = CONNECTED
    scene.answers = {'"Ping"': '{"type":"Pong","timestamp":1}'}
    scene.connect("bot_core")
    for held, wait in ((5, 1), (29, 2), (29.5, 4), (31, 1), (1, 2)):
        await scene.until(LinkState.READY)
        await scene.advance(held)
        await scene.lose()
        assert scene.waits[-1] == wait
        scene.clock.advance(wait)


async def test_onetrade_beats_with_nine_and_is_answered_by_ten_as_raw_text(scene: Scene) -> None:
    scene.answers = {"9": "10"}
    scene.connect("onetrade", api_key="key-of-onetrade")
    await scene.until(LinkState.READY)
    await scene.advance(95)
    beats = [at - 1_000.0 for at, text in scene.received if text == "9"]
    assert beats == [0.0, 30.0, 60.0, 90.0]
    scene.answers = {}
    await scene.advance(25 + 9.5)  # the beat at 120 s is not answered
    assert scene.link.state is LinkState.READY
    await scene.advance(0.5)
    assert scene.link.state is LinkState.RECONNECTING
    assert not [event for event in scene.record.events if isinstance(event, e.NoticeReceived)], (
        "10 is no message"
    )


async def test_a_session_in_use_waits_for_the_user_for_as_long_as_it_takes(scene: Scene) -> None:
    scene.broker.in_use = True
    scene.connect("onetrade", api_key="key-of-onetrade")
    await scene.until(LinkState.CONFLICT)
    asked = len(scene.broker.asked)
    await scene.advance(HOUR, 60)
    assert (scene.link.state, len(scene.broker.asked)) == (LinkState.CONFLICT, asked)
    assert scene.stub.connections == 0
    scene.broker.in_use = False
    scene.answers = {"9": "10"}
    scene.link.retry()
    await scene.until(LinkState.READY)
    assert scene.broker.count("login") == 2


async def test_a_logout_of_another_session_is_none_and_the_own_waits_for_the_user(scene: Scene) -> None:
    scene.answers = {"9": "10"}
    scene.connect("onetrade", api_key="key-of-onetrade")
    await scene.until(LinkState.READY)
    assert scene.socket is not None
    await scene.socket.send('{"type":"session_logout","data":{"session_id":"session-7"}}')
    await scene.turn()
    assert scene.link.state is LinkState.READY
    await scene.socket.send('{"type":"session_logout","data":{"session_id":"session-1"}}')
    await scene.until(LinkState.CONFLICT)
    connections = scene.stub.connections
    await scene.advance(HOUR, 60)
    assert (scene.link.state, scene.stub.connections) == (LinkState.CONFLICT, connections)


async def test_subscriptions_come_back_first_and_an_order_of_the_gap_never_does(scene: Scene) -> None:
    scene.answers = {"9": "10"}
    scene.connect("onetrade", api_key="key-of-onetrade")
    await scene.until(LinkState.READY)
    await scene.record.until(
        lambda: any(isinstance(event, e.InstrumentsListed) for event in scene.record.events)
    )
    await scene.turn()
    await scene.lose()
    order = c.PlaceOrder(
        link="onetrade",
        symbol="EURUSD",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        quantity=Decimal("0.1"),
        reference="gap-1",
    )
    with pytest.raises(CommandError, match="reconnecting: nothing was sent"):
        scene.link.send(order)
    scene.received.clear()
    scene.clock.advance(1.0)
    await scene.until(LinkState.READY)
    kinds = [json.loads(text)["type"] if text.startswith("{") else text for _, text in scene.received]
    assert kinds[:2] == ["start_account_all", "market_subscribe_symbol"]
    await scene.advance(HOUR / 10, 10)
    assert scene.broker.count("place") == 0


async def test_channels_signs_in_first_and_answers_pings(scene: Scene) -> None:
    scene.answers = {'"authenticate"': '{"event":"authenticated","success":true}'}
    scene.connect("channels", api_key="key-of-channels", api_secret="secret-of-channels")
    scene.link._rest = scene.link._calls._rest = scene.broker  # type: ignore[assignment]  # an HttpCall is enough
    scene.link.send(c.WatchDepth(link="channels", symbol="BTCUSDT"))
    await scene.until(LinkState.READY)
    actions = [json.loads(text)["action"] for _, text in scene.received]
    assert actions[0] == "authenticate"
    assert set(actions[1:]) == {"subscribe"}
    assert scene.socket is not None
    await scene.socket.send('{"event":"ping"}')
    await scene.turn()
    assert json.loads(scene.received[-1][1])["action"] == "pong"


async def test_a_wrong_key_is_not_tried_again(scene: Scene) -> None:
    scene.answers = {'"authenticate"': '{"event":"error","code":401,"message":"Authentication failed"}'}
    scene.connect("channels", api_key="wrong-key-of-channels", api_secret="secret-of-channels")
    await scene.until(LinkState.OFFLINE)
    await scene.advance(HOUR, 60)
    assert scene.stub.connections == 1


@pytest.mark.parametrize(
    ("reason", "faults"),
    [
        ("Connection timed out: no heartbeat", 0),
        ("Connection timed out", 0),
        ("Message is not valid JSON", 1),
    ],
)
async def test_bars_subscribes_every_25_seconds_and_takes_a_timeout_for_what_it_is(
    scene: Scene, reason: str, faults: int
) -> None:
    answer = {
        "type": "bars.subscribe.response",
        "payload": {"status": "ok", "message": "", "topic": "bars:AAPL:1"},
    }
    scene.answers = {'"bars.subscribe"': json.dumps(answer)}
    scene.connect("bars")
    await scene.until(LinkState.READY)
    await scene.advance(110)
    assert scene.times('"bars.subscribe"') == [0.0, 25.0, 50.0, 75.0, 100.0]
    assert scene.socket is not None
    await scene.socket.close(1003, reason)
    await scene.until(LinkState.RECONNECTING)
    assert scene.waits == [5.0]
    told = [event for event in scene.record.events if isinstance(event, e.NoticeReceived)]
    assert [notice.code for notice in told] == ["PROTOCOL_FAULT"] * faults
    scene.clock.advance(5.0)
    await scene.until(LinkState.READY)
