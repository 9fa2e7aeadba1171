"""Main flow of bot-core.md, Python AI Service WebSocket: greeting, signals, heartbeat."""

from __future__ import annotations

from harness import Connect

from embedded_server.server import Server


async def main_flow(server: Server, connect: Connect) -> None:
    """Be greeted, ping, ask for a signal, and wait for the periodic ones of every perpetual."""
    peer = await connect(server.endpoints["ai_service"])
    greeting = await peer.receive()
    assert list(greeting) == ["type", "message", "timestamp"]
    assert (greeting["type"], greeting["message"]) == ("connection", "Connected to AI Trading Service")
    assert len(greeting["timestamp"]) == len("2025-10-10T10:30:00.000000+00:00")

    await peer.send({"type": "Ping", "timestamp": 1697234567000})
    pong = await peer.receive()
    assert (pong["type"], pong["data"]["timestamp"]) == ("Pong", pong["timestamp"])

    await peer.send({"type": "RequestSignal", "data": {"symbol": "BTCUSDT", "timeframe": "1h"}})
    signal = (await peer.receive())["data"]
    assert (signal["symbol"], signal["timeframe"]) == ("BTCUSDT", "1h")
    assert signal["signal"] in ("long", "short", "neutral")

    await server.advance(301)
    periodic = [await peer.receive() for _ in range(8)]
    assert {message["type"] for message in periodic} == {"AISignalReceived"}
    assert len({message["data"]["symbol"] for message in periodic}) == 8

    await peer.send("nonsense")
    assert (await peer.receive())["data"]["code"] == "WEBSOCKET_ERROR"
