"""Backends made from the protocol documents alone: no extension, odd messages, and either dialect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection

ODD = (
    '{"type": "SolarFlare", "timestamp": "2026-01-01T00:00:00Z", "data": {"strength": [9, {}]}}',
    '{"type": "SolarFlare"}',
    "{}",
    "[]",
    "null",
    '"hello"',
    "not json",
)
"""What no document has; an unknown type is no fault, the others cannot be read."""
STAMP = "2023-07-10T12:34:56Z"


def envelope(kind: str, data: object, **more: object) -> str:
    """orchestrator.md, Message Format, with a field of the future."""
    return json.dumps({"type": kind, "timestamp": STAMP, "data": data, "trace": "7f", **more})


async def orchestrator(connection: ServerConnection) -> None:
    """orchestrator.md: lists, starts, pauses and stops; what fails is logged over there and not answered."""
    holding = {"symbol": "AAPL", "quantity": 10, "entryPrice": 150.25, "currentValue": 1550.5, "beta": 1.1}
    strategy = {"id": "strategy-123", "name": "Moving Average Crossover", "status": "ACTIVE",
                "symbols": ["AAPL", "MSFT"], "positions": [holding], "owner": None}  # fmt: skip
    for odd in ODD:
        await connection.send(odd)
    async for message in connection:
        request = json.loads(message)
        name = {"strategyId": strategy["id"], "name": strategy["name"]}
        match request["type"]:
            case "get_active_strategies":
                await connection.send(envelope("strategy_status_list", [strategy]))
            case "pause_strategy":
                strategy["status"] = "PAUSED"
                await connection.send(envelope("strategy_paused", name))
            case "start_strategy":
                strategy["status"] = "ACTIVE"
                await connection.send(envelope("strategy_started", {**name, "symbols": ["AAPL", "MSFT"]}))


async def gateway(connection: ServerConnection) -> None:
    """The envelope and what CLARIFICATIONS.md names: no list of instruments, no depth, no history."""
    for odd in ODD:
        await connection.send(odd)
    quoted: list[str] = []
    quoting = asyncio.create_task(_quote(connection, quoted))
    async for message in connection:
        request = json.loads(message)
        if request["type"] != "subscribe" or "depth" in request["data"]["channels"]:
            await connection.send(envelope("error", {"message": f"cannot {request['type']}"}))
            continue
        await connection.send(envelope("subscribed", request["data"]))
        if "quote" in request["data"]["channels"]:
            quoted += request["data"]["symbols"]
    quoting.cancel()


async def _quote(connection: ServerConnection, symbols: list[str]) -> None:
    while True:
        for symbol in symbols:
            quote = {"symbol": symbol, "bid": 150.24, "ask": 150.26, "mood": "calm"}
            await connection.send(envelope("quote", quote))
        await asyncio.sleep(0.02)


async def guardian(connection: ServerConnection) -> None:
    """The envelope and the words of CLARIFICATIONS.md: totals, but no account, no limit, no kill switch."""
    for odd in ODD:
        await connection.send(odd)
    async for message in connection:
        if json.loads(message)["type"] == "get_risk_status":
            told = {"equity": 10_250.5, "exposure": 1_550.5, "drawdown": 1.5, "stressTest": {"2008": -0.4}}
            await connection.send(envelope("risk_status", told))


def instrument(number: int, symbol: str) -> dict[str, object]:
    """The symbol object of onetrade.md, as far as it names fields."""
    return {"id": number, "symbol": symbol, "desc": "", "digits": 5, "tags": ["major"]}


Talk = Callable[[ServerConnection], Awaitable[None]]


def onetrade(*, names: bool) -> Talk:
    """onetrade.md: events of the account and nothing asked for; enums by name as in its code, or integers."""

    async def talk(connection: ServerConnection) -> None:
        order = {
            "id": 512, "account_id": 1, "symbol_id": 1, "symbol": instrument(1, "EURUSD"),
            "type": "buy_limit" if names else 1, "side": "buy" if names else 0,
            "volume_initial": 0.5, "volume_current": 0.5, "price_order": 1.08, "price_current": 1.09,
            "status": "PENDING" if names else 0, "created_at": STAMP, "horoscope": "fair",
        }  # fmt: skip
        position = {
            "id": 77, "account_id": 1, "symbol_id": 1, "symbol": instrument(1, "EURUSD"),
            "side": "sell" if names else 1, "volume_initial": 0.2, "volume_current": 0.2,
            "price_open": 1.091, "price_current": 1.09, "profit": 20.0, "status": "open" if names else 0,
        }  # fmt: skip
        async for message in connection:
            if message == "9":
                await connection.send("10")
            elif json.loads(message)["type"] == "start_account_all":
                for odd in (*ODD, *(json.dumps(one) for one in (
                    {"type": "info", "data": {"message": "welcome", "colour": 3}},
                    {"type": "orders_place", "data": order},
                    {"type": "positions_open", "data": position},
                    {"type": "orders_teleported", "data": order},
                ))):  # fmt: skip
                    await connection.send(odd)
                await connection.send(b"1,1.08999,1.09001,1.09000,1200,1.0950,1.0850")
                await connection.send(b"1,1.08999,1.09001,1.09000,1200,1.0950,1.0850,1,1.08")
                await connection.send(b"s,77,21.5,21.5")

    return talk


@asynccontextmanager
async def sessions(refused: list[str]) -> AsyncIterator[int]:
    """OneTrade's HTTP half without REST: login and session check only; the rest is 404 and noted."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split(" ", 2)
        path = target.partition("?")[0]
        known = method == "POST" and path in ("/api/v1/oauth2/login", "/ws/v1/s-1")
        if not known:
            refused.append(f"{method} {path}")
        status = HTTPStatus.OK if known else HTTPStatus.NOT_FOUND
        body = json.dumps({"success": True, "data": {"access_token": "t-1", "session_id": "s-1"}})
        body = body if known else "<html>nothing here</html>"
        writer.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n\r\n{body}".encode()
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
