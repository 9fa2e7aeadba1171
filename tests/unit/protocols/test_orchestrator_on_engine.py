"""The trades a client was told add up to the positions it is told."""

from __future__ import annotations

import json
from collections import Counter

from engine_scene import EngineScene

from embedded_server.model.instruments import AssetClass
from embedded_server.protocols.orchestrator.facade import OrchestratorFacade


def test_the_trades_told_add_up_to_the_positions_listed() -> None:
    scene = EngineScene(OrchestratorFacade, 6, AssetClass.EQUITY)
    for strategy in scene.engine.strategies.states():
        scene.ask(json.dumps({"type": "start_strategy", "id": strategy.id}))
    sums: Counter[tuple[str, str]] = Counter()
    trades = 0
    for batch in scene.run(60):
        for message in batch:
            if message["type"] == "strategy_trade":
                data = message["data"]
                sign = 1 if data["side"] == "BUY" else -1
                sums[data["strategyId"], data["symbol"]] += sign * data["quantity"]
                trades += 1
        (listed,) = scene.ask('{"type":"get_active_strategies"}')
        shown = {
            (row["id"], position["symbol"]): position["quantity"]
            for row in listed["data"]
            for position in row["positions"]
        }
        assert shown == {place: quantity for place, quantity in sums.items() if quantity}
    assert trades > 0
