"""Main flow of the gateway: what exists, subscribe with history, live data, unsubscribe."""

from __future__ import annotations

from harness import Connect

from embedded_server.server import Server

CHANNELS = ["quote", "trade", "bar", "depth"]


async def main_flow(server: Server, connect: Connect) -> None:
    """Follow two instruments on every channel over a minute's end."""
    peer = await connect(server.endpoints["market_data_gateway"])
    await peer.send({"type": "get_instruments"})
    symbols = [row["symbol"] for row in (await peer.receive())["data"]]
    assert {"AAPL", "BTCUSDT", "BTCUSDT-PERP", "EURUSD"} <= set(symbols)

    wanted = {"symbols": ["AAPL", "BTCUSDT-PERP"], "channels": CHANNELS, "resolution": "1m"}
    await peer.send({"type": "subscribe", "data": wanted | {"history": 100}})
    assert (await peer.receive())["data"] == wanted
    for symbol in wanted["symbols"]:
        assert (await peer.receive())["data"]["symbol"] == symbol
        book = (await peer.receive())["data"]
        assert book["bids"][0][0] < book["asks"][0][0]
        bars = [(await peer.receive())["data"] for _ in range(101)]
        assert [bar["closed"] for bar in bars] == [True] * 100 + [False]

    seen: dict[str, set[str]] = {channel: set() for channel in CHANNELS}
    closed: set[str] = set()
    for _ in range(13):
        await server.advance(5)
    while any(len(found) < 2 for found in seen.values()) or len(closed) < 2:
        message = await peer.receive()
        seen[message["type"]].add(message["data"]["symbol"])
        if message["type"] == "quote":
            assert message["data"]["bid"] < message["data"]["ask"]
            assert message["data"]["low24h"] <= message["data"]["last"] <= message["data"]["high24h"]
        if message["type"] == "bar" and message["data"]["closed"]:
            closed.add(message["data"]["symbol"])
    assert set().union(*seen.values()) == set(wanted["symbols"])

    await peer.send({"type": "unsubscribe", "data": {}})
    await peer.until(lambda message: message["type"] == "unsubscribed")
    assert not server.endpoint("market_data_gateway").topics.active()

    await peer.send({"type": "subscribe", "data": {"symbols": ["NOPE"]}})
    assert (await peer.receive())["data"]["code"] == "UNKNOWN_SYMBOL"
