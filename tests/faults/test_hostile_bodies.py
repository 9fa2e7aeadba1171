"""REST bodies with every field spoilt in turn: refused in the documented shape, and nothing was done.

`HOSTILE_BODIES=all` sends the whole corpus; a number, that many a call; `HOSTILE_SEED` chooses which.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from desk import at_the_desk
from flows import onetrade as onetrade_flow

from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from tests.faults.hostile_corpus import BAD_TEXTS, UNREADABLE, WRONG, at, paths, same_kind, spoilt
from tests.torture import figures

SIZE = os.environ.get("HOSTILE_BODIES", "25")
SEED = int(os.environ.get("HOSTILE_SEED", "7"))
TOO_LONG = b'{"comment":"' + b"x" * 70_000 + b'"}'

LEG = {"side": 0, "type": 1, "volume": 0.1, "order_price": 1.0, "price_sl": 0.9, "price_tp": 1.2,
       "comment": "c", "time_expiration": 1_767_600_000, "expiration_police": 2, "external_id": "e",
       "trailing_stop": 20}  # fmt: skip
SPOT = {"side": "buy", "type": "limit", "amount": "0.01", "price": "1000", "stop_loss": "900",
        "take_profit": "2000", "time_in_force": "gtd", "expires_at": 1_767_600_000_000,
        "client_order_id": "c"}  # fmt: skip
BODIES: dict[str, dict[str, dict[str, Any]]] = {
    "onetrade": {
        "POST /orders": onetrade_flow.market_order(**LEG),
        "POST /orders/oco": {"account_id": 1, "user_id": 1, "symbol_id": 1, "orders": [LEG, LEG]},
        "PUT /orders/{order}": {"volume": 0.2, "order_price": 1.0, "price_sl": 0.9, "comment": "c"},
        "POST /orders/{order}/approval": {"account_id": 1, "user_id": 1, "id": 1, "approved": True},
        "PUT /positions/{position}": {"price_sl": 0.9, "price_tp": 2.0, "trailing_stop": 20, "comment": "c"},
        "POST /positions/{position}": {"account_id": 1, "user_id": 1, "volume": 0.01},
        "POST /reports": {"type": 0, "from": 1_767_571_200, "to": "2026-01-05T00:00:00Z"},
    },
    "channels": {
        "POST /api/v1/orders": {**SPOT, "symbol": "BTCUSDT", "exchange": "binance"},
        "POST /api/v1/orders/oco": {"symbol": "BTCUSDT", "exchange": "binance", "orders": [SPOT, SPOT]},
        "PATCH /api/v1/orders/{order}": {"amount": "0.02", "price": "1001", "stop_loss": "900"},
        "POST /api/v1/positions/BTCUSDT/stops": {"stop_loss": "900", "take_profit": "9000000"},
    },
    "control": {
        "POST /clock": {"mode": "paused", "speed": 1.0},
        "POST /clock/step": {"seconds": 0.1},
        "POST /inject/price": {"instrument": "AAPL", "fraction": 0.001},
        "POST /inject/requote": {"count": 0, "ticks": 3},
        "POST /inject/event": {"type": "SessionChanged", "instrument": "AAPL", "open": True},
        "POST /inject/disconnect": {"endpoint": "bars", "client": "c", "code": 1011, "reason": "r"},
        "POST /inject/silence": {"endpoint": "bars", "client": "c", "seconds": 1.0},
    },
}  # fmt: skip
OBJECTS = ("an empty object", "a type that is a list", "a type that nobody has", "a key of 60000")
"""Where every field may be left out, these change nothing."""
Send = Callable[[str, str, bytes], Awaitable[tuple[int, Any]]]
SHAPES = {
    "onetrade": {"code", "success", "error", "message", "data"},
    "channels": {"event", "message", "code", "timestamp"},
    "control": {"code", "message"},
}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    settings = ServerSettings(seed=7, ports="free", clock="manual", timers="manual", ephemeral=True)
    async with Server(settings) as running:
        yield running


def bodies(example: dict[str, Any]) -> Iterator[tuple[str, bytes, bool]]:
    """Name, text, and whether no server may take it."""
    for name, text in BAD_TEXTS.items():
        yield name, text, name not in OBJECTS
    yield "a body past 64 KiB", TOO_LONG, True
    for path in paths(example):
        dotted = ".".join(map(str, path))
        for name, literal in UNREADABLE.items():
            if literal or isinstance(path[-1], str):
                yield f"{dotted} is {name}", spoilt(example, path, literal), name != "NUL"
        for name, literal in WRONG.items():
            if not same_kind(at(example, path), literal):
                yield f"{dotted} is {name}", spoilt(example, path, literal), literal[0] in "tf[{"


async def sender(server: Server, endpoint: str, stack: AsyncExitStack) -> Send:
    """Send bytes to a call of an endpoint, signed in as it wants."""
    if endpoint == "onetrade":
        trader = await stack.enter_async_context(onetrade_flow.signed_in(server))
        http, prefix, headers = trader.http, onetrade_flow.TRADER, trader.headers
    elif endpoint == "control":
        desk = await stack.enter_async_context(at_the_desk(server))
        http, prefix, headers = desk.http, "", {}
    else:
        http = await stack.enter_async_context(aiohttp.ClientSession(server.http["channels"]))
        prefix, headers = "", {}
    offsets = itertools.cycle(range(-2_000, 2_000))

    async def send(method: str, path: str, body: bytes) -> tuple[int, Any]:
        signed = dict(headers)
        if endpoint == "channels":
            signed = signature(server, method, path, body, next(offsets))
        async with http.request(method, prefix + path, data=body, headers=signed) as answer:
            return answer.status, json.loads(await answer.read() or b"null")

    return send


def signature(server: Server, method: str, path: str, body: bytes, offset: int) -> dict[str, str]:
    """Headers over any bytes, also those that are no text."""
    timestamp = server.time.epoch_ms() + offset
    text = f"{method}\n{path}\n{timestamp}\n".encode() + body
    secret = server.credentials.channels.api_secret.encode()
    return {
        "X-API-Key": server.credentials.channels.api_key,
        "X-Timestamp": str(timestamp),
        "X-Signature": hmac.new(secret, text, hashlib.sha256).hexdigest(),
    }


@pytest.mark.parametrize("endpoint", BODIES)
async def test_spoilt_bodies_are_refused_as_documented_and_change_nothing(
    server: Server, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    wrong: list[str] = []
    sent = 0
    async with AsyncExitStack() as stack:
        send = await sender(server, endpoint, stack)
        numbers = await at_work(server, send, endpoint)
        for call, example in BODIES[endpoint].items():
            method, _, path = call.format(**numbers).partition(" ")
            every = list(bodies(example))
            size = len(every) if SIZE == "all" else min(int(SIZE), len(every))
            for name, body, hopeless in random.Random(f"{SEED}{call}").sample(every, size):
                before = server.engine.digest()
                status, answer = await send(method, path, body)
                sent += 1
                shaped = status == 413 or (400 <= status < 500 and set(answer) == SHAPES[endpoint])
                if not shaped and (hopeless or not 200 <= status < 300):
                    wrong.append(f"{call}: {name}: {status} {answer}")
                elif shaped and server.engine.digest() != before:
                    wrong.append(f"{call}: {name}: refused, and yet something was done")
    assert not wrong, f"{len(wrong)} of them\n" + "\n".join(wrong[:60])
    assert not caplog.records
    figures.add(inputs=sent)


async def at_work(server: Server, send: Send, endpoint: str) -> dict[str, object]:
    """An order that works and a position, so that there is something to change."""
    if endpoint == "onetrade":
        resting = onetrade_flow.market_order(type=1, order_price=1.0, external_id="works")
        _, order = await send("POST", "/orders", json.dumps(resting).encode())
        await send("POST", "/orders", json.dumps(onetrade_flow.market_order()).encode())
        await server.advance(2)
        (position,) = server.engine.accounts["forex"].positions()
        return {"order": order["id"], "position": position.id}
    if endpoint == "channels":
        terms = {"symbol": "BTCUSDT", "side": "buy", "amount": "0.01"}
        resting = {**terms, "type": "limit", "price": "1000"}
        _, order = await send("POST", "/api/v1/orders", json.dumps(resting).encode())
        await send("POST", "/api/v1/orders", json.dumps({**terms, "type": "market"}).encode())
        return {"order": order["id"]}
    return {}
