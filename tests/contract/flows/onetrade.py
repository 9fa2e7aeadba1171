"""Main flow of onetrade.md: login, session, heartbeat, prices, an order by REST, a requote answered."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from harness import Connect, Peer

from embedded_server.model.commands import ForceRequote
from embedded_server.server import Server

TRADER = "/api/v1/trader"


class Trader:
    """A signed-in REST client."""

    def __init__(self, http: aiohttp.ClientSession, session_id: str, access_token: str) -> None:
        self.http = http
        self.session_id = session_id
        self.access_token = access_token
        self.headers = {"Authorization": f"Bearer {access_token}"}

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and parsed answer of a trader's call."""
        async with self.http.request(method, TRADER + path, json=body, headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def check_session(self, query: str = "") -> tuple[int, Any]:
        """`POST /ws/v1/{session_id}`."""
        async with self.http.post(f"/ws/v1/{self.session_id}{query}", headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def socket(self, server: Server, connect: Connect) -> Peer:
        """Open the session's WebSocket."""
        query = f"?session_id={self.session_id}&access_token={self.access_token}"
        return await connect(server.endpoints["onetrade"] + query)


@contextlib.asynccontextmanager
async def signed_in(server: Server) -> AsyncIterator[Trader]:
    """Log in as CLARIFICATIONS.md observed it."""
    async with aiohttp.ClientSession(server.http["onetrade"]) as http:
        query = {"remember_me": "false", "grant_type": "api_key"}
        headers = {"API-Key": server.credentials.onetrade.api_key}
        async with http.post("/api/v1/oauth2/login", params=query, headers=headers) as answer:
            assert answer.status == 200
            reply = await answer.json()
        assert reply["success"] is True
        yield Trader(http, reply["data"]["session_id"], reply["data"]["access_token"])


async def event(peer: Peer, *kinds: str) -> Any:
    """Data of the next JSON event of one of the kinds; prices and profits in between are dropped."""
    while True:
        message = await peer.receive_raw()
        if isinstance(message, str):
            parsed = json.loads(message)
            if parsed["type"] in kinds:
                return parsed["data"]


async def frame(peer: Peer, start: str) -> list[str]:
    """Fields of the next binary frame that starts so."""
    while True:
        message = await peer.receive_raw()
        if isinstance(message, bytes) and message.decode().startswith(start):
            return message.decode().split(",")


def market_order(**changes: Any) -> dict[str, Any]:
    """A create body with every observed field: buy 0.1 lots of EUR/USD."""
    body = {
        "account_id": 1,
        "user_id": 1,
        "symbol_id": 1,
        "volume": 0.1,
        "order_price": None,
        "side": 0,
        "type": 0,
        "price_sl": None,
        "price_tp": None,
        "comment": None,
        "time_expiration": None,
        "expiration_police": 0,
    }
    return body | changes


async def main_flow(server: Server, connect: Connect) -> None:
    """Sign in, watch EUR/USD, buy, see profit move, get a requote, accept it, close."""
    async with signed_in(server) as trader:
        assert (await trader.check_session())[0] == 200
        peer = await trader.socket(server, connect)
        assert await trader.check_session() == (400, {"message": "session is already used"})
        await peer.send("9")
        assert await peer.receive_raw() == "10"

        await peer.send({"type": "market_subscribe_symbol", "data": 1})
        price = await frame(peer, "1,")
        assert len(price) == 7
        assert float(price[1]) < float(price[2])
        await peer.send({"type": "start_account_all", "data": None})

        status, order = await trader.call("POST", "/orders", market_order(comment="first"))
        assert status in (200, 201)
        await server.advance(2)
        assert (await event(peer, "orders_place"))["id"] == order["id"]
        assert (await event(peer, "orders_update"))["status"] == 3
        deal = await event(peer, "deals_create")
        position = await event(peer, "positions_open")
        assert (deal["order_id"], deal["position_id"]) == (order["id"], position["id"])
        await server.advance(2)
        assert (await frame(peer, "s,"))[1] == str(position["id"])

        await _requote(server, trader, peer, float(price[2]))
        status, _ = await trader.call("POST", f"/positions/{position['id']}", {"volume": 0.1})
        assert status == 200
        await server.advance(2)
        assert (await event(peer, "positions_close"))["status"] == 2


async def _requote(server: Server, trader: Trader, peer: Peer, asked: float) -> None:
    server.engine.submit(ForceRequote())
    status, order = await trader.call("POST", "/orders", market_order(order_price=asked))
    assert status in (200, 201)
    await server.advance(2)
    offer = await event(peer, "dealing_order_requote")
    assert (offer["id"], offer["status"], offer["price_order"]) == (order["id"], 7, asked)
    answer = {"account_id": 1, "user_id": 1, "id": order["id"], "approved": True}
    assert (await trader.call("POST", f"/orders/{order['id']}/approval", answer))[0] == 200
    assert (await trader.call("POST", f"/orders/{order['id']}/approval", answer))[0] == 409
    await server.advance(1)
    filled = await event(peer, "orders_update")
    assert (filled["status"], filled["price_current"]) == (3, offer["price_current"])
