"""Main flow of orchestrator.md: list, start with a config, signals and trades, pause, resume, stop."""

from __future__ import annotations

from harness import Connect, Peer

from embedded_server.server import Server

LONGEST_MINUTES = 240


async def main_flow(server: Server, connect: Connect) -> None:
    """Run a strategy over the wire until it has traded, then pause, resume and stop it."""
    peer = await connect(server.endpoints["orchestrator"])
    greeting = await peer.receive()
    assert (greeting["type"], greeting["data"]) == ("execution_service_status", {"status": "RUNNING"})

    await peer.send({"type": "get_active_strategies"})
    listed = await peer.until(lambda message: message["type"] == "strategy_status_list")
    assert len(listed["data"]) == 5
    for row in listed["data"]:
        if row["status"] == "ACTIVE":
            await peer.send({"type": "stop_strategy", "id": row["id"]})
            stopped = await peer.until(lambda message: message["type"] == "strategy_stopped")
            assert stopped["data"] == {"strategyId": row["id"], "name": row["name"]}

    chosen = listed["data"][0]["id"]
    config = {"symbols": ["AAPL", "MSFT", "NVDA", "TSLA"], "dataResolution": "1m", "maxPositionValue": 5000}
    await peer.send({"type": "start_strategy", "id": chosen, "config": config})
    started = await peer.until(lambda message: message["type"] == "strategy_started")
    assert started["data"]["symbols"] == config["symbols"]
    await peer.send({"type": "start_strategy", "id": chosen, "config": config})
    error = await peer.until(lambda message: message["type"] == "error")
    assert error["data"]["code"] == "INVALID_STATE"

    signal, trade = await _trading(server, peer)
    assert signal["strategyId"] == trade["strategyId"] == chosen
    assert signal["action"] in ("BUY", "SELL")
    assert trade["symbol"] in config["symbols"]
    assert trade["status"] in ("FILLED", "PARTIALLY_FILLED")

    for request, answer in (("pause", "paused"), ("start", "started"), ("stop", "stopped")):
        await peer.send({"type": f"{request}_strategy", "id": chosen})
        told = await peer.until(lambda message, kind=f"strategy_{answer}": message["type"] == kind)
        assert told["data"]["strategyId"] == chosen

    await peer.send("nonsense")
    error = await peer.until(lambda message: message["type"] == "error")
    assert error["data"]["code"] == "INVALID_MESSAGE"
    await peer.send({"type": "get_active_strategies"})
    listed = await peer.until(lambda message: message["type"] == "strategy_status_list")
    assert {row["status"] for row in listed["data"]} == {"STOPPED"}


async def _trading(server: Server, peer: Peer) -> tuple[dict[str, object], dict[str, object]]:
    """Let time pass until the strategy has signalled and traded; a message without meaning ends each look."""
    told: dict[str, dict[str, object]] = {}
    for _ in range(LONGEST_MINUTES):
        await server.advance(60)
        await peer.send({"type": "marker"})
        while (message := await peer.receive())["type"] != "error":
            told.setdefault(message["type"], message["data"])
        if "strategy_trade" in told:
            break
    return told["strategy_signal"], told["strategy_trade"]
