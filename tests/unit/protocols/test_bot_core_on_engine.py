"""At every instant the bot core has told what the futures account holds: it keeps nothing of its own."""

from __future__ import annotations

from typing import Any

import pytest
from engine_scene import EngineScene

from embedded_server.model.instruments import AssetClass
from embedded_server.protocols.bot_core.facade import BotCoreFacade

COINS = (AssetClass.SPOT, AssetClass.PERPETUAL)


@pytest.mark.parametrize("seed", [3, 4])
def test_positions_told_are_the_positions_held(seed: int) -> None:
    scene = EngineScene(BotCoreFacade, seed, *COINS)
    held: dict[str, Any] = {}
    status: Any = None
    actions: set[str] = set()
    for batch in scene.run(30):
        for message in batch:
            data = message["data"]
            if message["type"] == "BotStatusUpdate":
                status = data
            elif message["type"] == "PositionUpdate":
                actions.add(data["action"])
                held[data["position"]["id"]] = data["position"]
                if data["action"] == "CLOSED":
                    del held[data["position"]["id"]]
        state = scene.engine.bot.state()
        assert (status["total_positions"], status["status"]) == (state.total_positions, state.status.value)
        assert status["total_balance"] == pytest.approx(state.balance_micros / 1e6, abs=0.006)
        assert {name: position["quantity"] for name, position in held.items()} == {
            f"pos_{position.id}": float(
                scene.engine.market.instruments[position.instrument].quantity(position.lots)
            )
            for position in scene.engine.accounts["futures"].positions()
        }
    assert actions >= {"OPENED", "UPDATED"}


def test_the_documents_arithmetic_holds_for_every_position_told() -> None:
    scene = EngineScene(BotCoreFacade, 5, *COINS)
    seen = 0
    for batch in scene.run(30):
        for message in batch:
            if message["type"] != "PositionUpdate" or message["data"]["action"] == "CLOSED":
                continue
            position = message["data"]["position"]
            sign = 1 if position["side"] == "LONG" else -1
            notional = position["entry_price"] * position["quantity"]
            profit = sign * (position["current_price"] - position["entry_price"]) * position["quantity"]
            assert position["unrealized_pnl"] == pytest.approx(profit, abs=0.011)
            assert position["unrealized_pnl_percent"] == pytest.approx(100 * profit / notional, abs=0.006)
            assert position["margin"] == pytest.approx(notional / position["leverage"], abs=0.011)
            liquidation = position["entry_price"] * (1 - sign / position["leverage"])
            assert position["liquidation_price"] == pytest.approx(liquidation, rel=2e-3)
            seen += 1
    assert seen > 10
