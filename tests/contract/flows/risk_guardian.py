"""Main flow of the guardian: figures, limits, alerts, the kill switch and its release."""

from __future__ import annotations

from harness import Connect, Peer

from embedded_server.server import Server


async def main_flow(server: Server, connect: Connect) -> None:
    """Read the figures, change a limit, stop everything, see it verified, release."""
    peer = await connect(server.endpoints["risk_guardian"])
    first = (await peer.receive())["data"]
    assert [row["account"] for row in first["accounts"]] == ["equities", "futures", "forex", "spot"]
    assert len(first["strategies"]) == 5
    assert first["killSwitch"] is False
    await server.advance(1)
    assert (await _next(peer, "risk_status"))["equity"] > 0

    await peer.send({"type": "set_risk_limits", "data": {"maxDrawdownPercent": 15}})
    limits = await _next(peer, "risk_limits")
    assert limits == first["limits"] | {"maxDrawdownPercent": 15.0}
    await peer.send({"type": "set_risk_limits", "data": {"maxDrawdownPercent": -1}})
    assert (await _next(peer, "error"))["code"] == "INVALID_LIMITS"

    await peer.send({"type": "engage_kill_switch", "data": {"reason": "contract test"}})
    acted = await _next(peer, "kill_switch")
    assert (acted["engaged"], acted["reason"]) == (True, "contract test")
    for _ in range(25):
        await server.advance(1)
    verified = await _next(peer, "kill_switch")
    assert verified["verified"] is True
    left = ("strategiesStillActive", "ordersStillWorking", "positionsStillOpen")
    assert [verified[name] for name in left] == [0, 0, 0]

    await peer.send({"type": "release_kill_switch"})
    assert (await _next(peer, "kill_switch"))["engaged"] is False
    await peer.send({"type": "release_kill_switch"})
    assert (await _next(peer, "error"))["code"] == "INVALID_STATE"


async def _next(peer: Peer, kind: str) -> dict[str, object]:
    data: dict[str, object] = (await peer.until(lambda message: message["type"] == kind))["data"]
    return data
