"""Main flow of channels.md: login, six channels, an order by signed REST and what it causes."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import aiohttp
from harness import Connect, Peer

from embedded_server.server import Server

CHANNELS = ["market_data", "orderbook", "trades", "orders", "positions", "system_events"]


def sign(server: Server, method: str, path: str, timestamp: int, body: str = "") -> str:
    """Written from CLARIFICATIONS.md, not from the server."""
    text = f"{method}\n{path}\n{timestamp}\n{body}"
    secret = server.credentials.channels.api_secret
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def authentication(server: Server, offset_ms: int = 0) -> dict[str, Any]:
    """An `authenticate` message for this instant."""
    timestamp = server.time.epoch_ms() + offset_ms
    return {
        "action": "authenticate",
        "api_key": server.credentials.channels.api_key,
        "timestamp": timestamp,
        "signature": sign(server, "GET", "/ws", timestamp),
    }


async def signed_in(server: Server, connect: Connect, offset_ms: int = 0) -> Peer:
    """A connection past its login."""
    peer = await connect(server.endpoints["channels"])
    await peer.send(authentication(server, offset_ms))
    reply = await peer.receive()
    assert (reply["event"], reply["success"]) == ("authenticated", True)
    return peer


async def rest(
    server: Server, method: str, path: str, body: object = None, offset_ms: int = 0
) -> tuple[int, Any]:
    """One signed call: status and parsed answer."""
    text = "" if body is None else json.dumps(body)
    timestamp = server.time.epoch_ms() + offset_ms
    headers = {
        "X-API-Key": server.credentials.channels.api_key,
        "X-Timestamp": str(timestamp),
        "X-Signature": sign(server, method, path, timestamp, text),
    }
    url = server.http["channels"] + path
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, url, data=text or None, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def main_flow(server: Server, connect: Connect) -> None:
    """Sign in, subscribe to everything in BTCUSDT, buy, and see it on every channel."""
    peer = await signed_in(server, connect)
    params = {"exchange": "binance", "symbols": ["BTCUSDT"], "depth": 5}
    await peer.send({"action": "subscribe", "channels": CHANNELS, "params": params})
    reply = await peer.receive()
    assert (reply["event"], reply["channels"], reply["params"]) == ("subscribed", CHANNELS, params)

    ticker = await peer.until(lambda message: message.get("channel") == "market_data")
    assert list(ticker) == ["channel", "type", "exchange", "symbol", "data", "timestamp"]
    assert ticker["data"]["bid"] < ticker["data"]["ask"]
    book = await peer.until(lambda message: message.get("channel") == "orderbook")
    assert len(book["data"]["bids"]) == len(book["data"]["asks"]) == 5
    status = await peer.until(lambda message: message.get("channel") == "system_events")
    assert status["data"]["status"] == "connected"

    code, order = await rest(
        server,
        "POST",
        "/api/v1/orders",
        {"symbol": "BTCUSDT", "side": "buy", "type": "market", "amount": 0.01},
    )
    assert code == 201
    await server.advance(2)
    seen = await _gather(peer, {"trades", "orders", "positions"})
    assert seen["orders"]["data"]["id"] == order["id"]
    assert seen["orders"]["data"]["status"] == "filled"
    assert seen["positions"]["data"]["amount"] == 0.01

    await peer.send({"action": "unsubscribe", "channels": CHANNELS, "params": params})
    await peer.until(lambda message: message.get("event") == "unsubscribed")
    assert not server.endpoint("channels").topics.active()


async def _gather(peer: Peer, channels: set[str]) -> dict[str, Any]:
    """The newest message of each channel, once the order is filled and the rest was seen."""
    seen: dict[str, Any] = {}
    while not channels <= seen.keys() or seen["orders"]["data"]["status"] != "filled":
        message = await peer.receive()
        seen[message.get("channel")] = message
    return seen
