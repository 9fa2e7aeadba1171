"""How every event, status and reason of onetrade.md is provoked."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest
from desk import at_the_desk
from flows.onetrade import Trader, event, market_order, signed_in
from harness import Connect, Peer

from embedded_server.model.commands import Accepted, PlaceOrder
from embedded_server.model.enums import OrderKind, Reason, Side
from tests.contract.provocation import Promises, listening

if TYPE_CHECKING:
    from embedded_server.server import Server

KEY = "EURUSD"
SHORTLY_BEFORE_MIDNIGHT = 1_767_657_570_000_000_000
"""2026-01-05T23:59:30Z, ns since the epoch."""


async def watch(server: Server, connect: Connect, trader: Trader) -> Peer:
    peer = await trader.socket(server, connect)
    await peer.send({"type": "start_account_all", "data": None})
    await peer.send("9")
    while await peer.receive_raw() != "10":
        pass
    return peer


async def place(trader: Trader, **changes: Any) -> Any:
    status, order = await trader.call("POST", "/orders", market_order(**changes))
    assert status == 201, order
    return order


async def lift_limits(server: Server, connect: Connect) -> None:
    """The guardian's limits keep an account far from its margin; a stop-out needs them out of the way."""
    guardian = await connect(server.endpoints["risk_guardian"])
    lifted = {"maxExposurePercent": 100_000, "maxOrderNotionalPercent": 100_000}
    await guardian.send({"type": "set_risk_limits", "data": lifted})
    await guardian.until(lambda message: message["type"] == "risk_limits")


async def position(server: Server, trader: Trader, peer: Peer, **changes: Any) -> Any:
    await place(trader, **changes)
    await server.advance(2)
    return await event(peer, "positions_open")


@pytest.mark.provokes(
    "onetrade/server/orders_*",
    "onetrade/value/orders_place.type=*",
    "onetrade/value/orders_update.status=0",
    "onetrade/value/orders_update.status=2",
    "onetrade/value/orders_update.status=3",
    "onetrade/value/orders_expired.status=6",
    "onetrade/value/orders_rejected.status=5",
    "onetrade/value/orders_cancel.status=4",
)
async def test_orders_of_every_type_come_to_every_end(
    server: Server, connect: Connect, trader: Trader, promises: Promises, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lift_limits(server, connect)
    async with listening(await watch(server, connect, trader)):
        await place(trader)
        for kind, price, limit in (
            (2, 1.3, None),
            (3, 1.3, None),
            (4, 0.9, None),
            (5, 1.3, 1.31),
            (6, 0.9, 0.89),
        ):
            side = 0 if kind in (2, 5) else 1
            await place(trader, type=kind, side=side, order_price=price, price_stop_limit=limit)
        resting = await place(trader, type=1, order_price=1.0)
        await trader.call("PUT", f"/orders/{resting['id']}", {"order_price": 1.01})
        await trader.call("DELETE", f"/orders/{resting['id']}")
        soon = server.engine.now // 1_000_000_000 + 3
        await place(trader, type=1, order_price=1.0, time_expiration=soon, expiration_police=2)
        await server.advance(4)
        market = server.engine.market
        ask = market.quote(KEY).ask
        lots = market.available(KEY, Side.BUY, ask) + 1
        await place(trader, type=1, volume=lots / 100, order_price=round(ask * 1e-5, 5))
        await server.advance(1)
        monkeypatch.setattr(market, "available", lambda *_: 0)  # nobody is left on the other side
        await place(trader)
        await promises.keep(server, seconds=5)


@pytest.mark.provokes(
    "onetrade/server/dealing_order_requote",
    "onetrade/value/dealing_order_requote.status=7",
    "onetrade/value/orders_place.status=1",
)
async def test_a_requote(server: Server, connect: Connect, trader: Trader, promises: Promises) -> None:
    async with listening(await watch(server, connect, trader)), at_the_desk(server) as desk:
        await desk.done("/inject/requote", count=1, ticks=5)
        await place(trader, order_price=1.2)
        await promises.keep(server, seconds=5)


@pytest.mark.provokes(
    "onetrade/value/deals_create.reason=0",
    "onetrade/value/deals_create.reason=2",
    "onetrade/value/deals_create.reason=3",
    "onetrade/value/deals_create.reason=4",
    "onetrade/value/deals_create.reason=6",
    "onetrade/value/deals_create.direction=*",
    "onetrade/value/positions_update.status=1",
    "onetrade/value/positions_close.status=2",
)
async def test_positions_are_closed_for_every_reason_there_is(
    server: Server, connect: Connect, trader: Trader, promises: Promises
) -> None:
    peer = await watch(server, connect, trader)
    async with at_the_desk(server) as desk:
        for protection, fraction in (("price_sl", -0.01), ("price_tp", 0.01)):
            opened = await position(server, trader, peer)
            level = {protection: round(opened["price_open"] * (1 + fraction / 2), 5)}
            assert (await trader.call("PUT", f"/positions/{opened['id']}", level))[0] == 200
            await desk.done("/inject/price", instrument=KEY, fraction=fraction)
            await server.advance(3)
            await event(peer, "positions_close")
        opened = await position(server, trader, peer)
        await desk.done("/inject/message", message="onetrade.positions_update")
        guardian = await connect(server.endpoints["risk_guardian"])
        await guardian.send({"type": "engage_kill_switch", "data": {"reason": "contract test"}})
        await guardian.until(lambda message: message["type"] == "kill_switch")
        await server.advance(3)
        await event(peer, "positions_close")
        await guardian.send({"type": "release_kill_switch"})
        await guardian.until(lambda m: m["type"] == "kill_switch" and not m["data"]["engaged"])
        await lift_limits(server, connect)
        await position(server, trader, peer, volume=3)
        await desk.done("/inject/price", instrument=KEY, fraction=-0.05)
        async with listening(peer):
            await promises.keep(server, seconds=20)


@pytest.mark.provokes(
    "onetrade/value/deals_create.reason=1",
    "onetrade/value/deals_create.reason=11",
    "onetrade/value/orders_cancel.reason=5",
)
async def test_what_programs_and_paired_orders_give_as_reason(
    server: Server, connect: Connect, trader: Trader, promises: Promises
) -> None:
    def send(kind: OrderKind, side: Side, **changes: Any) -> None:
        command = PlaceOrder(account="forex", instrument=KEY, side=side, kind=kind, lots=10, **changes)
        assert isinstance(server.engine.submit(command), Accepted)

    async with listening(await watch(server, connect, trader)):
        for reason in (Reason.STRATEGY, Reason.SIGNAL):
            send(OrderKind.MARKET, Side.BUY, reason=reason)
            await server.advance(1)
        bid = server.engine.market.quote(KEY).bid
        send(OrderKind.LIMIT, Side.BUY, price=round(bid * 0.99), oco_group="pair")
        send(OrderKind.LIMIT, Side.SELL, price=round(bid * 1.01), oco_group="pair")
        server.engine.market.move(KEY, 0.02)
        await promises.keep(server, seconds=10)


@pytest.mark.provokes("onetrade/value/positions_update.reason=7")
async def test_a_position_kept_over_midnight_is_rolled_over(connect: Connect, promises: Promises) -> None:
    from embedded_server.server import Server
    from embedded_server.settings import ServerSettings
    from embedded_server.transport.time_source import ManualTimeSource

    async with AsyncExitStack() as stack:
        settings = ServerSettings(seed=7, ports="free", clock="manual", start=SHORTLY_BEFORE_MIDNIGHT)
        server = await stack.enter_async_context(Server(settings, time_source=ManualTimeSource()))
        trader = await stack.enter_async_context(signed_in(server))
        peer = await watch(server, connect, trader)
        await position(server, trader, peer)
        async with listening(peer):
            await promises.keep(server, seconds=60, step=5)


@pytest.mark.provokes(
    "onetrade/server/info",
    "onetrade/server/error",
    "onetrade/server/deals_update",
    "onetrade/server/report_create",
)
async def test_messages_reports_and_corrections(
    server: Server, connect: Connect, trader: Trader, promises: Promises
) -> None:
    peer = await watch(server, connect, trader)
    await position(server, trader, peer)
    async with listening(peer), at_the_desk(server) as desk:
        await peer.send({"type": "nonsense"})
        await desk.done("/inject/message", message="onetrade.info", text="Maintenance at noon")
        await desk.done("/inject/message", message="onetrade.deals_update")
        for kind in (0, 1, 2):
            await trader.call("POST", "/reports", {"type": kind})
        await promises.keep(server, seconds=5)


@pytest.mark.provokes("onetrade/value/report_create.*")
async def test_reports_of_every_type(
    server: Server, connect: Connect, trader: Trader, promises: Promises
) -> None:
    async with listening(await watch(server, connect, trader)):
        for kind in (0, 1, 2):
            await trader.call("POST", "/reports", {"type": kind})
        await promises.keep(server, seconds=5)


@pytest.mark.provokes("onetrade/server/session_logout", "onetrade/close/1000")
async def test_a_displaced_session_is_told_and_closed(
    server: Server, connect: Connect, trader: Trader, promises: Promises
) -> None:
    async with listening(await watch(server, connect, trader)):
        assert (await trader.check_session("?takeover=true"))[0] == 200
        await promises.settle()
