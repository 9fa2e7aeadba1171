"""Backends that are not ours: stubs from the documents alone, any subset, either dialect, odd messages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tui_trader.backends import Backends
from tui_trader.connection.links import Links
from tui_trader.desk import Desk
from tui_trader.model import commands as c
from tui_trader.model.errors import CommandError, SettingsError
from tui_trader.model.events import Event
from tui_trader.settings import load
from tui_trader.store.selection import Selection
from tui_trader.store.store import Store
from tui_trader.trading_gate import PhraseNeeded

Talk = Callable[[ServerConnection], Awaitable[None]]
LATER = 10.0
"""Seconds that the console's clock is ahead of the links' start: lists had their time."""


@dataclass
class Visit:
    """A console without a screen on links of a settings file."""

    desk: Desk
    links: Links
    store: Store
    news: asyncio.Event
    offset: list[float] = field(default_factory=lambda: [0.0])

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def visiting(folder: Path, talks: dict[str, Talk], more: str = "") -> AsyncIterator[Visit]:
    """Serve each protocol by its stub and connect a console to all of them."""
    async with _served(talks) as ports:
        text = "".join(
            f'[links.my_{name}]\nprotocol = "{name}"\nurl = "ws://127.0.0.1:{port}/ws"\n{more}'
            for name, port in ports.items()
        )
        file = folder / "settings.toml"
        file.write_text(text)
        names = tuple(f"my_{name}" for name in ports)
        settings = load(file, environment={}, flags={"connect": names, "live": True})
        store, news, offset = Store(Selection("EURUSD")), asyncio.Event(), [0.0]
        loop = asyncio.get_running_loop()

        def sink(event: Event) -> None:
            store.apply(event, loop.time() + offset[0])
            news.set()

        desk = Desk(store, loop.time, "t")
        desk.gate.allowed = settings.live
        links = await Backends(settings).connect(sink)
        desk.wires = links
        try:
            yield Visit(desk, links, store, news, offset)
        finally:
            await links.stop()


@asynccontextmanager
async def _served(talks: dict[str, Talk]) -> AsyncIterator[dict[str, int]]:
    async def quiet(talk: Talk, connection: ServerConnection) -> None:
        try:
            await talk(connection)
        except Exception:  # noqa: BLE001 - the stub's client is gone
            return

    servers = {}
    for name, talk in talks.items():
        servers[name] = await serve(
            lambda connection, talk=talk: quiet(talk, connection), "127.0.0.1", 0, ping_interval=None
        )
    try:
        yield {name: next(iter(server.sockets)).getsockname()[1] for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.close()
            await server.wait_closed()


def market_data(symbol: str, price: float) -> dict[str, object]:
    """bot-core.md, 1. MarketData, with a field of the future."""
    return {
        "type": "MarketData",
        "data": {
            "symbol": symbol, "price": price, "change_24h": 2.5, "volume_24h": 5e10, "high_24h": 68_000.0,
            "low_24h": 66_500.0, "bid": price - 0.25, "ask": price + 0.25, "last_update": 1_697_234_567_000,
            "funding_forecast": {"next": [1, 2]},
        },
        "timestamp": 1_697_234_567_000,
    }  # fmt: skip


async def bot_core(connection: ServerConnection) -> None:
    """A bot core that greets, says things nobody documented, and quotes."""
    await connection.send(json.dumps({"type": "Connected", "message": "welcome", "timestamp": 1}))
    await connection.send(json.dumps({"type": "SolarFlare", "data": {"strength": 9}, "timestamp": 2}))
    await connection.send("{}")
    await connection.send('{"type": "MarketData", "data": 7}')
    while True:
        await connection.send(json.dumps(market_data("BTCUSDT", 67_500.5)))
        await asyncio.sleep(0.02)


async def channels(connection: ServerConnection) -> None:
    """channels.md: authentication, then the ticker of what was subscribed; other requests are refused."""
    symbols: list[str] = []
    async for message in connection:
        request = json.loads(message)
        if request["action"] == "authenticate":
            await connection.send(
                json.dumps({"event": "authenticated", "success": True, "timestamp": 1, "tier": 3})
            )
        elif request["action"] == "subscribe" and request["params"].get("type") == "ticker":
            symbols += request["params"]["symbols"]
            for symbol in symbols * 500:
                data = {"price": 42_650.5, "volume": 1.0, "timestamp": 1, "bid": 42_650.0, "ask": 42_651.125,
                        "high": 43_100.0, "low": 42_500.0}  # fmt: skip
                await connection.send(
                    json.dumps({"channel": "market_data", "type": "ticker", "exchange": "kraken",
                                "symbol": symbol, "data": data, "timestamp": 1})
                )  # fmt: skip
                await asyncio.sleep(0.01)
            await connection.send(json.dumps({"channel": "weather", "data": {}}))
        else:
            await connection.send(json.dumps({"event": "error", "message": "unsupported", "code": 400}))


def ai_service(signal: dict[str, object]) -> Talk:
    """An AI service that sends one signal and answers every heartbeat in its dialect."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send(json.dumps({"type": "Connected", "message": "AI", "timestamp": 1}))
        await connection.send(json.dumps(signal))
        async for _ in connection:
            await connection.send(
                json.dumps(
                    {"type": "Pong", "message": "Connection alive", "timestamp": "2026-01-01T00:00:00Z"}
                )
            )

    return talk


def signal(direction: str, timestamp: object, **more: object) -> dict[str, object]:
    """bot-core.md, 5. AISignalReceived."""
    data = {
        "signal": direction, "confidence": 0.78, "reasoning": "RSI rising.",
        "strategy_scores": {"RSI Strategy": 0.7},
        "market_analysis": {"trend_direction": "Bullish", "trend_strength": 0.6, "support_levels": [1.0],
                            "resistance_levels": [2.0], "volatility_level": "Low", "volume_analysis": "up"},
        "risk_assessment": {"overall_risk": "Medium", "technical_risk": 0.4, "market_risk": 0.5,
                            "recommended_position_size": 0.02, "stop_loss_suggestion": 1.0,
                            "take_profit_suggestion": 2.0},
        "symbol": "BTCUSDT", "timeframe": "1h", "timestamp": timestamp, **more,
    }  # fmt: skip
    return {"type": "AISignalReceived", "data": data, "timestamp": timestamp}


async def test_a_bot_core_alone_lists_what_it_quotes_and_survives_what_it_says(tmp_path: Path) -> None:
    async with visiting(tmp_path, {"bot_core": bot_core}) as it:
        await it.until(lambda: it.store.quotes.get("BTCUSDT-PERP"))
        assert "BTCUSDT-PERP" not in it.store.instruments
        it.offset[0] = LATER
        await it.until(lambda: "BTCUSDT-PERP" in it.store.instruments)
        instrument = it.store.instruments.describe("BTCUSDT-PERP")
        assert (instrument.link, instrument.kind, instrument.price_digits) == ("my_bot_core", "perpetual", 2)
        assert it.desk.carriers("BTCUSDT-PERP", c.RequestSignal) == ["my_bot_core"]
        assert it.desk.carriers("BTCUSDT-PERP", c.WatchDepth) == []
        it.store.selection.choose("BTCUSDT-PERP")
        it.desk.watch()  # nothing can, and nothing complains
        texts = [line.text for line in it.store.journal]
        assert any("SolarFlare" in text for text in texts)
        assert it.links.status("my_bot_core").malformed == 2


async def test_a_channels_link_alone_quotes_the_symbols_of_the_settings(tmp_path: Path) -> None:
    more = 'exchange = "kraken"\nsymbols = ["BTCUSDT", "ETHUSDT"]\n'
    async with visiting(tmp_path, {"channels": channels}, more) as it:
        await it.until(lambda: it.store.quotes.get("ETHUSDT"))
        it.offset[0] = LATER
        await it.until(lambda: len(it.store.instruments) == 2)
        assert [item.key for item in it.store.instruments] == ["BTCUSDT", "ETHUSDT"]
        assert it.store.instruments.describe("BTCUSDT").price_digits == 3
        assert it.desk.carriers("BTCUSDT", c.PlaceOrder) == ["my_channels"]
        assert it.desk.carriers("BTCUSDT", c.WatchBars) == []


@pytest.mark.parametrize(
    "told",
    [
        signal("long", 1_697_234_567_000, model_type="trading_model_v2", mood="calm"),
        signal("Long", "2026-01-01T00:00:00Z"),
    ],
    ids=["documented", "observed"],
)
async def test_a_signal_is_read_in_either_dialect(tmp_path: Path, told: dict[str, object]) -> None:
    async with visiting(tmp_path, {"ai_service": ai_service(told)}) as it:
        await it.until(lambda: len(it.store.signals))
        (received,) = it.store.signals
        assert (received.direction, received.confidence, received.symbol) == ("long", 0.78, "BTCUSDT-PERP")


async def test_several_links_work_while_one_is_not_there(tmp_path: Path) -> None:
    async def rude(connection: ServerConnection) -> None:
        await connection.close(1011)

    talks: dict[str, Talk] = {"bot_core": bot_core, "channels": rude, "bars": rude}
    async with visiting(tmp_path, talks) as it:
        await it.until(lambda: it.store.quotes.get("BTCUSDT-PERP"))
        await it.until(lambda: it.links.status("my_channels").reconnects)
        assert it.store.links.ready("my_bot_core")


async def test_a_backend_of_ones_own_is_live_until_its_settings_say_otherwise(tmp_path: Path) -> None:
    async with visiting(tmp_path, {"bot_core": bot_core}) as it:
        await it.until(lambda: it.store.links.ready("my_bot_core"))
        assert list(it.desk.live_links) == ["my_bot_core"]
        with pytest.raises(PhraseNeeded):
            it.desk.send(c.ControlBot(link="my_bot_core", command="START"))
    async with visiting(tmp_path, {"bot_core": bot_core}, "paper = true\n") as it:
        await it.until(lambda: it.store.links.ready("my_bot_core"))
        assert list(it.desk.live_links) == []
        with pytest.raises(CommandError, match="START, PAUSE and STOP"):
            it.desk.send(c.ControlBot(link="my_bot_core", command="DANCE"))
        it.desk.send(c.ControlBot(link="my_bot_core", command="START"))


def test_a_protocol_nobody_speaks_is_a_sentence_with_its_key(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[links.a]\nprotocol = 'fix'\nurl = 'wss://h'\n")
    with pytest.raises(
        SettingsError, match=r", line 2: links.a.protocol: there is no protocol 'fix'; known are"
    ):
        Backends(load(file, environment={}, flags={"connect": ("a",)}))
