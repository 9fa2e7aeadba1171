"""Main flow of bot-core.md, Rust Core Engine WebSocket: all nine messages, authentication, bot control."""

from __future__ import annotations

from typing import Any

import jwt
from harness import Connect, Peer

from embedded_server.server import Server

TIMEFRAMES = {
    "1m": 60_000,
    "5m": 300_000,
    "15m": 900_000,
    "1h": 3_600_000,
    "4h": 14_400_000,
    "1d": 86_400_000,
}
WARM = ("1m", "5m", "15m")
LONGEST_MINUTES = 180


async def main_flow(server: Server, connect: Connect) -> None:
    """Connect, authenticate, ping, and follow the bot until it has opened and closed a position."""
    peer = await connect(server.endpoints["bot_core"])
    connected = await peer.receive()
    assert connected["type"] == "Connected"
    assert connected["data"]["client_id"].startswith("client_")
    assert (await peer.receive())["type"] == "BotStatusUpdate"
    first = [await peer.until(lambda message: message["type"] == "MarketData") for _ in range(8)]
    assert "BTCUSDT" in {message["data"]["symbol"] for message in first}

    await _authenticate(server, peer)
    await peer.send({"type": "Ping", "timestamp": 1697234567000})
    pong = await peer.until(lambda message: message["type"] == "Pong")
    assert pong["data"]["timestamp"] == pong["timestamp"]
    await peer.send("nonsense")
    error = await peer.until(lambda message: message["type"] == "Error")
    assert error["data"]["code"] == "WEBSOCKET_ERROR"

    await peer.send({"type": "RequestSignal", "data": {"symbol": "ETHUSDT", "timeframe": "1h"}})
    signal = await peer.until(lambda message: message["type"] == "AISignalReceived")
    assert (signal["data"]["symbol"], signal["data"]["timeframe"]) == ("ETHUSDT", "1h")
    assert 0 <= signal["data"]["confidence"] <= 1

    await _follow(server, peer)
    for command, status in (("PAUSE", "PAUSED"), ("START", "RUNNING"), ("STOP", "STOPPED")):
        await peer.send({"type": "BotCommand", "data": {"command": command}})
        await peer.until(
            lambda message, status=status: (
                message["type"] == "BotStatusUpdate" and message["data"]["status"] == status
            )
        )


async def _authenticate(server: Server, peer: Peer) -> None:
    now = server.time.epoch_ms() // 1000
    claims = {"sub": "user-1", "email": "a@b.c", "is_admin": False, "iat": now, "exp": now + 60}
    token = jwt.encode(claims, server.credentials.bot_core.jwt_secret, "HS256")
    await peer.send({"type": "Authenticate", "token": token})
    answer = await peer.until(lambda message: message["type"] == "Authenticated")
    assert answer["data"] == {"success": True, "user_id": "user-1"}
    await peer.send({"type": "Authenticate", "token": token + "x"})
    error = await peer.until(lambda message: message["type"] == "Error")
    assert error["data"]["code"] == "AUTHENTICATION_FAILED"


async def _follow(server: Server, peer: Peer) -> None:
    """Let time pass until the bot holds a position and candles have closed; then close the position."""
    held: set[str] = set()
    actions: set[str] = set()
    statuses: set[str] = set()
    frames: set[str] = set()
    for minute in range(LONGEST_MINUTES):
        await server.advance(60)
        for message in await _told(peer):
            data = message["data"]
            match message["type"]:
                case "PositionUpdate":
                    actions.add(data["action"])
                    if data["action"] == "CLOSED":
                        held.discard(data["position"]["id"])
                    else:
                        held.add(data["position"]["id"])
                case "TradeExecuted":
                    statuses.add(data["status"])
                case "ChartUpdate":
                    frames.add(_candle(data))
                case "MarketData":
                    assert data["low_24h"] <= data["price"] <= data["high_24h"]
                    assert data["bid"] < data["ask"]
        if minute >= 15 and held and actions >= {"OPENED", "UPDATED"}:
            break
    assert statuses >= {"FILLED"}
    assert frames >= {"1m", "5m", "15m"}
    await peer.send({"type": "ClosePosition", "data": {"position_id": min(held)}})
    await peer.until(lambda m: m["type"] == "PositionUpdate" and m["data"]["action"] == "CLOSED")


async def _told(peer: Peer) -> list[Any]:
    """Everything sent so far, up to the answer to a message that no server knows."""
    await peer.send({"type": "Marker"})
    messages = []
    while True:
        message = await peer.receive()
        if message["type"] == "Error" and message["data"]["code"] == "WEBSOCKET_ERROR":
            return messages
        messages.append(message)


def _candle(data: dict[str, Any]) -> str:
    candle, timeframe = data["candle"], str(data["timeframe"])
    assert candle["close_time"] - candle["timestamp"] == TIMEFRAMES[timeframe]
    if timeframe in WARM:
        assert all(isinstance(value, float) for value in data["indicators"].values())
    return timeframe
