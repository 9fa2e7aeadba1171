"""How every code, close and status of channels.md is provoked, and one rare reply of bars.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from desk import at_the_desk
from flows.channels import CHANNELS, rest, signed_in
from harness import Connect

from embedded_server.model.commands import Accepted, PlaceOrder
from embedded_server.model.enums import OrderKind, Side, TimeInForce
from tests.contract.provocation import Promises, listening

if TYPE_CHECKING:
    from embedded_server.server import Server

KEY = "BTCUSDT"
ORDERS = "/api/v1/orders"


async def order(server: Server, **changes: Any) -> Any:
    body = {"symbol": KEY, "side": "buy", "type": "limit", "amount": 0.01} | changes
    code, reply = await rest(server, "POST", ORDERS, body)
    assert code == 201, reply
    return reply


@pytest.mark.provokes("channels/error/403", "channels/error/429", "channels/error/500")
async def test_the_codes_a_sound_client_never_sees(
    server: Server, connect: Connect, promises: Promises
) -> None:
    peer = await signed_in(server, connect)
    async with listening(peer), at_the_desk(server) as desk:
        for code in (403, 429, 500):
            await desk.done("/inject/error", endpoint="channels", code=code)
        await promises.settle()


@pytest.mark.provokes("channels/close/*")
async def test_every_close_code(server: Server, connect: Connect, promises: Promises) -> None:
    async with at_the_desk(server) as desk:
        for number, code in enumerate((1000, 1001, 1008, 1011)):
            peer = await signed_in(server, connect, number)
            await desk.done("/inject/disconnect", endpoint="channels", code=code, reason="on demand")
            assert (await peer.receive())["code"] == code
            assert (await peer.closed())[0] == code
    assert not promises.left()


@pytest.mark.provokes("channels/value/*", "channels/server/orders", "channels/server/positions")
async def test_orders_of_every_status_and_trades_of_both_sides(
    server: Server, connect: Connect, promises: Promises, monkeypatch: pytest.MonkeyPatch
) -> None:
    price = server.engine.market.quote(KEY).bid / 100
    resting = await order(server, price=round(price * 0.9))
    await order(server, type="market")
    await server.advance(2)
    peer = await signed_in(server, connect)
    async with listening(peer):
        await peer.send({"action": "subscribe", "channels": CHANNELS, "params": {"symbols": [KEY]}})
        await rest(server, "DELETE", f"{ORDERS}/{resting['id']}")
        await order(server, type="market", amount=0.02)
        market = server.engine.market
        ask = market.quote(KEY).ask
        lots = market.available(KEY, Side.BUY, ask) + 10
        await order(server, amount=lots / 10_000, price=ask / 100)
        await server.advance(1)
        _place_until(server, server.engine.now + 2_000_000_000, round(ask * 0.9))
        await server.advance(3)
        monkeypatch.setattr(market, "available", lambda *_: 0)  # nobody is left on the other side
        _place_market(server)
        await promises.keep(server, seconds=60, step=3)


def _place_until(server: Server, expires_at: int, price: int) -> None:
    command = PlaceOrder(
        account="spot",
        instrument=KEY,
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        lots=10,
        price=price,
        time_in_force=TimeInForce.GTD,
        expires_at=expires_at,
    )
    assert isinstance(server.engine.submit(command), Accepted)


def _place_market(server: Server) -> None:
    command = PlaceOrder(account="spot", instrument=KEY, side=Side.SELL, kind=OrderKind.MARKET, lots=10)
    assert isinstance(server.engine.submit(command), Accepted)


@pytest.mark.provokes("bars/value/bars.unsubscribe.response.status=error")
async def test_bars_refuse_an_unsubscription(server: Server, connect: Connect, promises: Promises) -> None:
    peer = await connect(server.endpoints["bars"])
    await peer.send({"type": "bars.unsubscribe", "payload": {"symbol": "NOSUCH"}})
    assert (await peer.receive())["payload"]["status"] == "error"
    assert not promises.left()
