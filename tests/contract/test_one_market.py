"""One market, many façades: one engine snapshot explains what every endpoint says."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import pytest
from flows.channels import authentication
from flows.onetrade import frame, signed_in
from harness import Connect, Peer
from msgspec.structs import replace

from embedded_server.engine.snapshot import EngineSnapshot, take_snapshot
from embedded_server.kernel.time import to_milliseconds
from embedded_server.model.commands import PlaceOrder
from embedded_server.model.enums import OrderKind, Side
from embedded_server.model.instruments import MICROS, AssetClass

if TYPE_CHECKING:
    from embedded_server.server import Server

ACCOUNTS = {"equities": AssetClass.EQUITY, "futures": AssetClass.PERPETUAL, "forex": AssetClass.FOREX}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_same_snapshot_explains_every_endpoint(seed: int, server: Server, connect: Connect) -> None:
    await random_prefix(server, random.Random(seed))
    snapshot = take_snapshot(server.engine)
    await gateway_agrees(server, connect, snapshot)
    await channels_agree(server, connect, snapshot)
    await onetrade_agrees(server, connect, snapshot)
    await bot_core_agrees(server, connect, snapshot)
    await orchestrator_agrees(server, connect, snapshot)
    await guardian_agrees(server, connect, snapshot)
    after = take_snapshot(server.engine)
    assert replace(after, sequence=snapshot.sequence) == snapshot, "a login is recorded, nothing else changed"


@pytest.mark.parametrize("seed", [4, 5])
async def test_streams_end_where_the_snapshot_stands(seed: int, server: Server, connect: Connect) -> None:
    """Clients that listened all along know the same prices as one who looks at the engine at the end."""
    chance = random.Random(seed)
    gateway = await connect(server.endpoints["market_data_gateway"])
    await gateway.send({"type": "subscribe", "data": {"channels": ["quote"]}})
    bot_core = await connect(server.endpoints["bot_core"])
    bars = await connect(server.endpoints["bars"])
    await bars.send({"type": "bars.subscribe", "payload": {"symbol": "BTCUSDT"}})
    assert (await bars.receive())["payload"]["status"] == "ok"
    await random_prefix(server, chance, steps=20, longest=1.2)  # bars hangs up after 30 s of silence

    snapshot = take_snapshot(server.engine)
    quotes = {m["data"]["symbol"]: m["data"] for m in await drain(gateway) if m["type"] == "quote"}
    assert set(quotes) == set(snapshot.instruments)
    for key, quote in quotes.items():
        price = server.engine.market.instruments[key].price
        market = snapshot.instruments[key].quote
        assert quote["bid"] == float(price(market.bid))
        assert quote["ask"] == float(price(market.ask))
        assert quote["last"] == float(price(market.last))

    prices = {m["data"]["symbol"]: m["data"] for m in await drain(bot_core) if m["type"] == "MarketData"}
    for symbol, data in prices.items():
        instrument = server.engine.market.instruments[f"{symbol}-PERP"]
        day = snapshot.instruments[instrument.key].day
        assert data["low_24h"] <= data["price"] <= data["high_24h"]
        assert data["high_24h"] == float(instrument.price(day.high))

    updates = [m["payload"] for m in await drain(bars) if m["type"] == "bars.update"]
    assert updates, "a busy instrument's forming bar is sent"
    times = [update["time"] for update in updates]
    assert times == sorted(times), "bars come in order"
    price = server.engine.market.instruments["BTCUSDT"].price
    minute = snapshot.instruments["BTCUSDT"].minute
    if updates[-1]["time"] == to_milliseconds(minute.time):
        assert updates[-1]["close"] == float(price(minute.close))
        assert updates[-1]["high"] == float(price(minute.high))


async def random_prefix(server: Server, chance: random.Random, steps: int = 8, longest: float = 12.0) -> None:
    """Some virtual minutes with orders of people in them."""
    market = server.engine.market
    for _ in range(steps):
        await server.advance(chance.uniform(0.2, longest))
        account = chance.choice([*ACCOUNTS, "spot"])
        kind = ACCOUNTS.get(account, AssetClass.SPOT)
        keys = [key for key, one in market.instruments.items() if one.asset_class is kind]
        key = chance.choice(keys)
        side = Side.BUY if kind in (AssetClass.EQUITY, AssetClass.SPOT) else chance.choice(list(Side))
        bid = market.quote(key).bid
        server.engine.submit(
            PlaceOrder(
                account=account,
                instrument=key,
                side=side,
                kind=chance.choice([OrderKind.MARKET, OrderKind.LIMIT]),
                lots=chance.randint(1, 5),
                price=bid - 50 if side is Side.BUY else bid + 50,
                strategy="strategy-123" if account == "equities" else None,
            )
        )
    await server.advance(0.1)


async def drain(peer: Peer) -> list[Any]:
    """Everything that has arrived: messages until a quarter of a second is silent."""
    messages = []
    while True:
        try:
            messages.append(await asyncio.wait_for(peer.receive(), 0.25))
        except TimeoutError:
            return messages


async def gateway_agrees(server: Server, connect: Connect, snapshot: EngineSnapshot) -> None:
    peer = await connect(server.endpoints["market_data_gateway"])
    await peer.send({"type": "subscribe", "data": {"channels": ["quote", "depth"]}})
    told = await drain(peer)
    quotes = {m["data"]["symbol"]: m["data"] for m in told if m["type"] == "quote"}
    depths = {m["data"]["symbol"]: m["data"] for m in told if m["type"] == "depth"}
    assert set(quotes) == set(depths) == set(snapshot.instruments)
    for key, shot in snapshot.instruments.items():
        instrument = server.engine.market.instruments[key]
        assert quotes[key]["bid"] == float(instrument.price(shot.quote.bid))
        assert quotes[key]["high24h"] == float(instrument.price(shot.day.high))
        best = depths[key]["bids"][0]
        assert best == [
            float(instrument.price(shot.bids[0].price)),
            float(instrument.quantity(shot.bids[0].lots)),
        ]


async def channels_agree(server: Server, connect: Connect, snapshot: EngineSnapshot) -> None:
    peer = await connect(server.endpoints["channels"])
    await peer.send(authentication(server))
    assert (await peer.receive())["event"] == "authenticated"
    for channels in (["market_data"], ["orderbook"], ["orders", "positions"]):
        await peer.send({"action": "subscribe", "channels": channels, "params": {"exchange": "binance"}})
    told = [m for m in await drain(peer) if "channel" in m]
    tickers = {m["symbol"]: m["data"] for m in told if m["channel"] == "market_data"}
    books = {m["symbol"]: m["data"] for m in told if m["channel"] == "orderbook"}
    spot = [one for one in server.engine.market.instruments.values() if one.asset_class is AssetClass.SPOT]
    assert set(tickers) == set(books) == {one.key for one in spot}
    for one in spot:
        shot = snapshot.instruments[one.key]
        assert tickers[one.key]["ask"] == float(one.price(shot.quote.ask))
        assert tickers[one.key]["low"] == float(one.price(shot.day.low))
        assert books[one.key]["asks"][0][0] == float(one.price(shot.asks[0].price))
    account = snapshot.accounts["spot"]
    held = {m["symbol"]: m["data"]["amount"] for m in told if m["channel"] == "positions"}
    assert held == {
        position.instrument: float(
            server.engine.market.instruments[position.instrument].quantity(position.lots)
        )
        for position in account.positions
    }
    working = {m["data"]["id"] for m in told if m["channel"] == "orders"}
    assert working == {str(order.id) for order in account.working}


async def onetrade_agrees(server: Server, connect: Connect, snapshot: EngineSnapshot) -> None:
    async with signed_in(server) as trader:
        peer = await trader.socket(server, connect)
        for one in server.engine.market.instruments.values():
            if one.asset_class is AssetClass.FOREX:
                await peer.send({"type": "market_subscribe_symbol", "data": one.number})
                fields = await frame(peer, f"{one.number},")
                quote = snapshot.instruments[one.key].quote
                assert float(fields[1]) == float(one.price(quote.bid))
                assert float(fields[2]) == float(one.price(quote.ask))
        account = snapshot.accounts["forex"]
        _, totals = await trader.call("GET", "/account")
        assert totals["balance"] == round(account.state.balance_micros / MICROS, 2)
        _, positions = await trader.call("GET", "/positions")
        assert {row["id"] for row in positions} == {one.id for one in account.positions}
        _, orders = await trader.call("GET", "/orders")
        assert {row["id"] for row in orders} == {one.id for one in account.working}
        await peer.close()


async def bot_core_agrees(server: Server, connect: Connect, snapshot: EngineSnapshot) -> None:
    peer = await connect(server.endpoints["bot_core"])
    told = await drain(peer)
    assert told[0]["type"] == "Connected"
    status = next(m["data"] for m in told if m["type"] == "BotStatusUpdate")
    assert status["status"] == snapshot.bot.status
    assert status["total_balance"] == round(snapshot.bot.balance_micros / MICROS, 2)
    positions = {m["data"]["position"]["id"] for m in told if m["type"] == "PositionUpdate"}
    assert len(positions) == len(snapshot.accounts["futures"].positions)


async def orchestrator_agrees(server: Server, connect: Connect, snapshot: EngineSnapshot) -> None:
    peer = await connect(server.endpoints["orchestrator"])
    await peer.send({"type": "get_active_strategies"})
    listed = await peer.until(lambda m: m["type"] == "strategy_status_list")
    assert [(row["id"], row["status"]) for row in listed["data"]] == [
        (one.id, one.status) for one in snapshot.strategies
    ]
    held = {
        (row["id"], position["symbol"]): position["quantity"]
        for row in listed["data"]
        for position in row["positions"]
    }
    assert held == {
        (position.strategy, position.instrument): position.lots
        for position in snapshot.accounts["equities"].positions
        if position.strategy is not None
    }


async def guardian_agrees(server: Server, connect: Connect, snapshot: EngineSnapshot) -> None:
    peer = await connect(server.endpoints["risk_guardian"])
    await peer.send({"type": "get_risk_status"})
    status = (await peer.until(lambda m: m["type"] == "risk_status"))["data"]
    assert status["equity"] == round(snapshot.risk.equity_micros / MICROS, 2)
    equity = sum(shot.state.equity_micros for shot in snapshot.accounts.values())
    assert status["equity"] == round(equity / MICROS, 2), "a USDT counts as a dollar"
