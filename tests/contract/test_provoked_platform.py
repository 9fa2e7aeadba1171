"""How every value and error of bot-core.md is provoked: by real causes, and by the control endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from desk import at_the_desk
from harness import Connect

from embedded_server.model.commands import Accepted, CancelOrder, PlaceOrder
from embedded_server.model.enums import OrderKind, Side
from tests.contract.provocation import Promises, listening

if TYPE_CHECKING:
    from embedded_server.server import Server

SYMBOL = "BTCUSDT-PERP"
PERPETUALS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "ADAUSDT", "DOGEUSDT", "LTCUSDT")
TIMEFRAMES = ("1m", "5m", "15m", "1h", "4h", "1d")


def place(server: Server, side: Side, lots: int, **changes: Any) -> int:
    """An order on the futures account, as its owner would send it elsewhere; its id."""
    order = PlaceOrder(
        account="futures",
        instrument=SYMBOL,
        side=side,
        kind=changes.pop("kind", OrderKind.MARKET),
        lots=lots,
        **changes,
    )
    outcome = server.engine.submit(order)
    assert isinstance(outcome, Accepted), outcome
    return outcome.id if isinstance(outcome.id, int) else 0


@pytest.mark.provokes(
    "bot_core/value/PositionUpdate.side=*",
    "bot_core/value/TradeExecuted.side=*",
    "bot_core/value/TradeExecuted.status=FILLED",
    "bot_core/value/TradeExecuted.status=PARTIALLY_FILLED",
    "bot_core/value/TradeExecuted.status=CANCELED",
    "bot_core/value/TradeExecuted.status=REJECTED",
)
async def test_positions_on_both_sides_and_every_end_of_an_order(
    server: Server, connect: Connect, promises: Promises, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = await connect(server.endpoints["bot_core"])
    async with listening(peer):
        await peer.send({"type": "BotCommand", "data": {"command": "STOP"}})
        market, price = server.engine.market, server.engine.market.quote(SYMBOL).bid
        place(server, Side.BUY, 10)
        await server.advance(2)
        place(server, Side.SELL, 20)
        await server.advance(2)
        resting = place(server, Side.BUY, 10, kind=OrderKind.LIMIT, price=round(price * 0.9))
        await server.advance(1)
        server.engine.submit(CancelOrder(account="futures", order_id=resting))
        ask = market.quote(SYMBOL).ask
        available = market.available(SYMBOL, Side.BUY, ask)
        place(server, Side.BUY, available + 10, kind=OrderKind.LIMIT, price=ask)
        await server.advance(1)
        monkeypatch.setattr(market, "available", lambda *_: 0)  # nobody is left on the other side
        place(server, Side.SELL, 10)
        await promises.keep(server, seconds=5)


@pytest.mark.provokes(
    "bot_core/value/AISignalReceived.signal=*",
    "ai_service/value/AISignalReceived.signal=long",
    "ai_service/value/AISignalReceived.signal=short",
    "ai_service/value/AISignalReceived.signal=neutral",
)
async def test_signals_of_every_kind(server: Server, connect: Connect, promises: Promises) -> None:
    peers = [await connect(server.endpoints[name]) for name in ("bot_core", "ai_service")]
    async with listening(*peers):
        for symbol in PERPETUALS:
            for timeframe in TIMEFRAMES:
                for peer in peers:
                    message = {"type": "RequestSignal", "data": {"symbol": symbol, "timeframe": timeframe}}
                    await peer.send(message)
            await promises.settle()
            if not promises.left():
                return


@pytest.mark.provokes("bot_core/error/*", "bot_core/value/Error.severity=*")
async def test_every_error_code_and_severity(server: Server, connect: Connect, promises: Promises) -> None:
    peer = await connect(server.endpoints["bot_core"])
    async with listening(peer), at_the_desk(server) as desk:
        await peer.send("no json")
        await peer.send({"type": "Authenticate", "token": "x"})
        await peer.send({"type": "ClosePosition", "data": {"position_id": "pos_9"}})
        await peer.send({"type": "RequestSignal", "data": {"symbol": "NOSUCH", "timeframe": "1h"}})
        for is_open in (False, True):
            await desk.done("/inject/event", type="SessionChanged", instrument=SYMBOL, open=is_open)
        await desk.done("/inject/event", type="BotTradeFailed", instrument=SYMBOL)
        await desk.done("/inject/event", type="BotTradeFailed", instrument=SYMBOL, available=0)
        await desk.done("/inject/error", endpoint="bot_core", code="AI_SERVICE_ERROR")
        guardian = await connect(server.endpoints["risk_guardian"])
        await guardian.send({"type": "engage_kill_switch", "data": {"reason": "contract test"}})
        await promises.keep(server, seconds=5)


@pytest.mark.provokes(
    "bot_core/value/BotStatusUpdate.status=ERROR", "bot_core/value/BotStatusUpdate.mode=LIVE_TRADING"
)
async def test_a_status_no_sound_simulator_has(server: Server, connect: Connect, promises: Promises) -> None:
    peer = await connect(server.endpoints["bot_core"])
    async with listening(peer), at_the_desk(server) as desk:
        message = {"message": "bot_core.BotStatusUpdate", "status": "ERROR", "mode": "LIVE_TRADING"}
        await desk.done("/inject/message", **message)
        await promises.settle()


@pytest.mark.provokes(
    "ai_service/value/AISignalReceived.signal=Long",
    "ai_service/value/AISignalReceived.signal=Short",
    "ai_service/value/AISignalReceived.signal=Neutral",
)
async def test_signals_in_the_observed_dialect(connect: Connect, promises: Promises) -> None:
    from embedded_server.server import Server
    from embedded_server.settings import ServerSettings
    from embedded_server.transport.time_source import ManualTimeSource

    settings = ServerSettings(seed=7, ports="free", clock="manual", dialect="observed")
    async with Server(settings, time_source=ManualTimeSource()) as server:
        peer = await connect(server.endpoints["ai_service"])
        async with listening(peer):
            await promises.keep(server, seconds=1800, step=60)
