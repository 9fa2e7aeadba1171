"""Main flow of bars.md: subscribe, updates, unsubscribe."""

from __future__ import annotations

from harness import Connect

from embedded_server.server import Server


async def main_flow(server: Server, connect: Connect) -> None:
    """Follow AAPL's one-minute candle through trades and over a minute's end, then leave."""
    peer = await connect(server.endpoints["bars"])
    request = {"symbol": "AAPL", "params": {"resolution": "1"}}
    await peer.send({"type": "bars.subscribe", "payload": request})
    assert await peer.receive() == {
        "type": "bars.subscribe.response",
        "payload": {
            "status": "ok",
            "symbol": "AAPL",
            "message": "Subscribed to AAPL",
            "topic": "bars:AAPL:1",
        },
    }
    await server.advance(5)
    first = (await peer.until(lambda message: message["type"] == "bars.update"))["payload"]
    assert list(first) == ["time", "open", "high", "low", "close", "volume"]
    assert first["low"] <= min(first["open"], first["close"]) <= max(first["open"], first["close"])
    assert isinstance(first["volume"], int)

    latest = first["time"]
    while latest == first["time"]:
        await server.advance(15)
        await peer.send({"type": "bars.subscribe", "payload": request})
        while (message := await peer.receive())["type"] == "bars.update":
            latest = message["payload"]["time"]
    assert latest == first["time"] + 60_000

    await peer.send({"type": "bars.unsubscribe", "payload": request})
    reply = await peer.until(lambda message: message["type"] == "bars.unsubscribe.response")
    assert reply["payload"]["message"] == "Unsubscribed from AAPL"
    assert not server.endpoint("bars").topics.has("bars:AAPL:1")
