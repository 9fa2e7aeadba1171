"""OneTrade's document against a real server: a session, orders to deals, requotes, what REST reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from onetrade_client import (
    EventMessageType,
    OneTradeClient,
    OrderStatus,
    OrderType,
    PositionStatus,
    SessionAlreadyUsedError,
    SideType,
)
from waiting import advance_until

from embedded_server.model.commands import ForceRequote

if TYPE_CHECKING:
    from embedded_server.server import Server


def onetrade_client(server: Server, **options: Any) -> OneTradeClient:
    return OneTradeClient(
        server.http["onetrade"],
        server.endpoints["onetrade"],
        server.credentials.onetrade.api_key,
        **options,
    )


def order(account: int, user: int, side: SideType, **changes: Any) -> dict[str, Any]:
    return {
        "account_id": account,
        "user_id": user,
        "symbol_id": 1,
        "volume": 0.1,
        "order_price": None,
        "side": side,
        "type": OrderType.MARKET,
        "price_sl": None,
        "price_tp": None,
        "comment": "by the document",
        "time_expiration": None,
        "expiration_police": None,
    } | changes


@pytest.mark.provokes(
    "onetrade/client/*",
    "onetrade/server/heartbeat_response",
    "onetrade/server/price",
    "onetrade/server/profit",
    "onetrade/server/orders_place",
    "onetrade/server/orders_update",
    "onetrade/server/orders_cancel",
    "onetrade/server/positions_*",
    "onetrade/server/deals_create",
    "onetrade/server/journal_create",
    "onetrade/value/orders_place.status=0",
    "onetrade/value/orders_place.side=*",
    "onetrade/value/orders_cancel.status=4",
    "onetrade/value/orders_update.status=3",
    "onetrade/value/deals_create.direction=*",
    "onetrade/value/deals_create.reason=0",
    "onetrade/value/positions_open.status=0",
    "onetrade/value/positions_close.status=2",
    "onetrade/value/orders_place.type=0",
    "onetrade/value/orders_place.type=1",
)
async def test_onetrade_serves_the_document(server: Server) -> None:
    async with onetrade_client(server, reconnect_seconds=0.01) as client:
        await client.connect()
        await client.until(lambda: client.pongs)
        with pytest.raises(SessionAlreadyUsedError):
            await client.validate_session()
        await client.start_account_all()
        await client.subscribe_market(1)
        await server.advance(3)
        await client.until(lambda: 1 in client.prices)
        status, account = await client.rest("GET", "account")
        assert status == 200
        identity = (account["id"], account.get("user_id", 1))
        status, accepted = await client.rest("POST", "orders", order(*identity, SideType.BUY))
        assert status in (200, 201), accepted
        placed = await client.next(EventMessageType.ORDERS_PLACE)
        opened = await _fill(server, client, placed["id"])
        await server.advance(2)
        await client.until(lambda: opened["id"] in client.profits)
        status, _ = await client.rest(
            "PUT", f"positions/{opened['id']}", {"price_sl": round(opened["price_open"] * 0.9, 5)}
        )
        assert status == 200
        await client.next(EventMessageType.POSITIONS_UPDATE, id=opened["id"])
        status, _ = await client.rest("POST", f"positions/{opened['id']}", {"volume": 0.1})
        assert status in (200, 201)
        closed = await _advance_to(server, client, EventMessageType.POSITIONS_CLOSE, id=opened["id"])
        assert closed["status"] == PositionStatus.CLOSED
        bid = client.prices[1][0]
        limit = order(*identity, SideType.BUY, type=OrderType.BUY_LIMIT, order_price=round(bid * 0.9, 5))
        status, accepted = await client.rest("POST", "orders", limit)
        assert status in (200, 201), accepted
        resting = await client.next(EventMessageType.ORDERS_PLACE, type=OrderType.BUY_LIMIT)
        changed = {"order_price": round(bid * 0.89, 5)}
        assert (await client.rest("PUT", f"orders/{resting['id']}", changed))[0] == 200
        await client.next(EventMessageType.ORDERS_UPDATE, id=resting["id"])
        assert (await client.rest("DELETE", f"orders/{resting['id']}"))[0] in (200, 204)
        canceled = await client.next(EventMessageType.ORDERS_CANCEL, id=resting["id"])
        assert canceled["status"] == OrderStatus.CANCELED
        await client.next(EventMessageType.JOURNAL_CREATE)
        await client.unsubscribe_market(1)
        await client.stop_account_all()
        await client.start_account_all()
        await client.drop()
        await client.start_account_all()
        await client.opened()
        assert client.connections == 2
        await client.rest("POST", "orders", order(*identity, SideType.SELL))
        await client.next(EventMessageType.ORDERS_PLACE, side=SideType.SELL)
    assert client.surprises == []


async def _advance_to(server: Server, client: OneTradeClient, kind: EventMessageType, **data: Any) -> Any:
    message = await advance_until(
        server,
        client.inbox,
        lambda m: m["type"] == kind.value and all(m["data"].get(k) == v for k, v in data.items()),
        seconds=120,
        step=1,
    )
    return message["data"]


async def _fill(server: Server, client: OneTradeClient, order_id: int) -> Any:
    """Wait for the fill of a market order, taking every requote. The position."""

    def outcome(message: Any) -> bool:
        return message["type"] in ("deals_create", "dealing_order_requote")

    while True:
        message = await advance_until(server, client.inbox, outcome, seconds=60, step=1)
        if message["type"] == "deals_create":
            break
        answer = {"account_id": message["data"]["account_id"], "approved": True, "id": order_id, "user_id": 1}
        assert (await client.rest("POST", f"orders/{order_id}/approval", answer))[0] in (200, 201)
    assert message["data"]["order_id"] == order_id
    return await client.next(EventMessageType.POSITIONS_OPEN, id=message["data"]["position_id"])


async def _requoted(server: Server, client: OneTradeClient) -> Any:
    """Send an instant order that the dealer requotes: the offer."""
    server.engine.submit(ForceRequote(ticks=7))
    price = client.prices[1][1]
    status, _ = await client.rest("POST", "orders", order(1, 1, SideType.BUY, order_price=price))
    assert status in (200, 201)
    placed = await client.next(EventMessageType.ORDERS_PLACE)
    offer = await _advance_to(server, client, EventMessageType.ORDERS_REQUOTED, id=placed["id"])
    assert offer["status"] == OrderStatus.REQUOTED
    assert offer["price_current"] != offer["price_order"] == price
    return offer


async def _answer(client: OneTradeClient, offer: Any, approved: bool) -> int:
    answer = {"account_id": offer["account_id"], "approved": approved, "id": offer["id"], "user_id": 1}
    return (await client.rest("POST", f"orders/{offer['id']}/approval", answer))[0]


async def test_onetrade_requotes_are_accepted_refused_withdrawn_and_run_out(server: Server) -> None:
    async with onetrade_client(server) as client:
        await client.connect()
        await client.start_account_all()
        await client.subscribe_market(1)
        await client.until(lambda: 1 in client.prices)

        offer = await _requoted(server, client)
        assert await _answer(client, offer, True) in (200, 201)
        assert await _answer(client, offer, True) == 409
        filled = await _advance_to(server, client, EventMessageType.ORDERS_UPDATE, id=offer["id"])
        assert (filled["status"], filled["price_current"]) == (OrderStatus.FILLED, offer["price_current"])

        offer = await _requoted(server, client)
        assert await _answer(client, offer, False) in (200, 201)
        refused = await _advance_to(server, client, EventMessageType.ORDERS_CANCEL, id=offer["id"])
        assert refused["status"] == OrderStatus.CANCELED
        assert await _answer(client, offer, True) == 409

        offer = await _requoted(server, client)
        assert (await client.rest("DELETE", f"orders/{offer['id']}"))[0] in (200, 204)
        await _advance_to(server, client, EventMessageType.ORDERS_CANCEL, id=offer["id"])

        offer = await _requoted(server, client)
        for _ in range(3):  # too late each time, so there is a new offer three times
            await server.advance(6)
            assert await _answer(client, offer, True) in (200, 201, 409)
            await server.advance(1)
        ended = await _advance_to(server, client, EventMessageType.ORDERS_EXPIRED, id=offer["id"])
        assert ended["status"] == OrderStatus.EXPIRED
        again = [m for m in client.inbox.seen if m["type"] == "dealing_order_requote"]
        assert len([m for m in again if m["data"]["id"] == offer["id"]]) == 4
    assert client.surprises == []


async def test_onetrade_rest_reads_as_clarified(server: Server) -> None:
    async with onetrade_client(server) as client:
        status, symbols = await client.rest("GET", "symbols")
        assert status == 200
        assert symbols[0]["id"] == 1
        for path in ("orders", "orders/history", "positions", "positions/history", "deals"):
            assert await client.rest("GET", path) == (200, []), path
        status, euro = await client.rest("GET", "symbols/1")
        assert (status, euro["symbol"]) == (200, symbols[0]["symbol"])
        end = server.engine.now // 1_000_000_000
        status, ticks = await client.rest(
            "GET", f"symbols/ticks/history/1?from={end - 3600}&to={end}&resolution=1&count_back=10"
        )
        assert status == 200, ticks
        assert ticks
        for path in ("orders/9999", "positions/9999", "deals/9999", "symbols/9999"):
            status, body = await client.rest("GET", path)
            assert status == 404
            assert list(body) == ["code", "success", "error", "message", "data"]
            assert body["success"] is False
        client.access_token = "wrong"
        assert (await client.rest("GET", "account"))[0] == 401


async def test_onetrade_in_real_time(real_server: Server) -> None:
    async with onetrade_client(real_server, heartbeat_seconds=0.05) as client:
        await client.connect()
        await client.subscribe_market(1)
        await client.until(lambda: 1 in client.prices and client.pongs >= 3)
    assert client.surprises == []
