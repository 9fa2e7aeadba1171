"""A real server process is killed in the middle of orders, again and again; nothing acknowledged is lost.

`JOURNAL_KILLS` and `JOURNAL_SEED` make it a longer or another run.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from embedded_server.engine.engine import Engine
from embedded_server.journal import commands
from embedded_server.journal.recovery import recover
from embedded_server.journal.store import NAME, Store
from tests.torture import figures

KILLS = int(os.environ.get("JOURNAL_KILLS", "3"))
SEED = int(os.environ.get("JOURNAL_SEED", "1"))
SENDERS = 4
PATIENCE_SECONDS = 30.0
ORDERS = "/api/v1/orders"
RUN = "import json, sys; from embedded_server.command_line import run; sys.exit(run(json.loads(sys.argv[1])))"
OPTIONS = {"ports": "free", "json": True, "speed": 5, "seed": SEED}
GIVEN = ("id", "client_order_id", "symbol", "side", "type", "amount", "price")


class Victim:
    """One life of a server process."""

    def __init__(self, process: asyncio.subprocess.Process, http: str, keys: dict[str, str]) -> None:
        self.process = process
        self.http = http
        self._keys = keys

    def headers(self, method: str, path: str, body: str) -> dict[str, str]:
        timestamp = str(time.time_ns() // 1_000_000)
        text = f"{method}\n{path}\n{timestamp}\n{body}"
        signature = hmac.new(self._keys["api_secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
        return {"X-API-Key": self._keys["api_key"], "X-Timestamp": timestamp, "X-Signature": signature}

    async def call(
        self, session: aiohttp.ClientSession, method: str, path: str, body: object = None
    ) -> tuple[int, Any]:
        text = "" if body is None else json.dumps(body)
        async with session.request(
            method, self.http + path, data=text or None, headers=self.headers(method, path, text)
        ) as answer:
            return answer.status, await answer.json()


@contextlib.asynccontextmanager
async def life(folder: Path, *, before: tuple[str, ...] = ()) -> AsyncIterator[Victim]:
    """A server on the folder, killed at the end at the latest; `before` is a command that runs it."""
    process = await asyncio.create_subprocess_exec(
        *(*before, sys.executable, "-c", RUN, json.dumps({**OPTIONS, "data": str(folder)})),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_SECONDS)
        ready = json.loads(line)
        keys = _keys(Path(ready["credentials_file"]))
        yield Victim(process, ready["http"]["channels"], keys)
    finally:
        kill(process)
        await process.wait()


def kill(process: asyncio.subprocess.Process) -> None:
    """End the process and whatever it started: its session is its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _keys(file: Path) -> dict[str, str]:
    keys: dict[str, str] = json.loads(file.read_bytes())["channels"]
    return keys


def an_order(chance: random.Random, reference: str) -> dict[str, Any]:
    """One of those that the account can pay for tens of thousands of times."""
    symbol = chance.choice(["BTCUSDT", "ETHUSDT", "SOLUSDT"])
    order = {
        "symbol": symbol,
        "side": chance.choice(["buy", "sell"]),
        "type": chance.choice(["market", "limit"]),
        "amount": chance.choice(["0.001", "0.001", "0.002"]),
        "client_order_id": reference,
    }
    if order["type"] == "limit":
        order["price"] = chance.choice(["1", "500000"] if order["side"] == "buy" else ["500000"])
    return order


async def send_until_dead(victim: Victim, chance: random.Random, name: str, told: dict[str, Any]) -> None:
    """Order after order; what was acknowledged goes to `told`."""
    async with aiohttp.ClientSession() as session:
        for number in range(10_000):
            body = an_order(chance, f"{name}-{number}")
            try:
                status, answer = await victim.call(session, "POST", ORDERS, body)
            except (aiohttp.ClientError, ConnectionError):
                return
            if status == 201:
                told[answer["client_order_id"]] = answer


async def test_every_acknowledged_order_outlives_the_process(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    told: dict[str, Any] = {}
    for number in range(KILLS):
        before = len(told)
        async with life(tmp_path) as victim:
            senders = [
                asyncio.create_task(
                    send_until_dead(victim, random.Random(f"{SEED}/{number}/{one}"), f"k{number}s{one}", told)
                )
                for one in range(SENDERS)
            ]
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(told) == before:  # noqa: ASYNC110 - the first answer may come from any sender
                    await asyncio.sleep(0.001)
            await asyncio.sleep(chance.uniform(0.0, 0.5))
            kill(victim.process)
            await asyncio.gather(*senders)
    async with life(tmp_path) as victim, aiohttp.ClientSession() as session:
        asked = {name: await victim.call(session, "GET", path_of(order)) for name, order in told.items()}
    engine = recovered(tmp_path)
    names = references_of(engine)
    lost = {name for name, order in told.items() if not as_told(order, *asked[name])} | (
        told.keys() - set(names)
    )
    counted = {"acknowledged": len(told), "lost": len(lost), "duplicated": len(names) - len(set(names))}
    figures.add(faults=KILLS, **counted)
    for name, figure in {"kills": KILLS, **counted}.items():
        record_property(name, figure)
    assert not lost, {name: (told[name], asked[name]) for name in lost}
    assert len(names) == len(set(names)), "a reference is two orders"
    report: list[str] = []
    assert commands.verify(tmp_path, report.append, from_the_start=True) == 0, "".join(report)
    assert_exact(engine)


def path_of(order: dict[str, Any]) -> str:
    """Where to ask for an order."""
    return f"{ORDERS}/{order['id']}"


def as_told(order: dict[str, Any], status: int, now: dict[str, Any]) -> bool:
    """Whether an order is there as it was acknowledged, or has traded on."""
    if status != 200 or any(now.get(name) != order.get(name) for name in GIVEN):
        return False
    return float(now["filled"]) >= float(order["filled"])


def recovered(folder: Path) -> Engine:
    """The engine as the next process would have it."""
    store = Store(folder / NAME)
    engine, _ = recover(store)
    store.close()
    return engine


def references_of(engine: Engine) -> list[str]:
    """The clients' names of all orders of the account."""
    account = engine.accounts["spot"]
    orders = [*account.order_history(), *account.working_orders()]
    return [order.reference for order in orders if order.reference is not None]


def assert_exact(engine: Engine) -> None:
    """I5 and I6, in every account."""
    for account in engine.accounts:
        state = account.state()
        assert state.balance_micros == sum(entry.amount_micros for entry in account.ledger())
        held: dict[str, int] = {}
        for position in account.positions():
            held[position.instrument] = held.get(position.instrument, 0) + position.side.sign * position.lots
        dealt: dict[str, int] = {}
        for deal in account.deals():
            dealt[deal.instrument] = dealt.get(deal.instrument, 0) + deal.side.sign * deal.lots
        assert held == {key: lots for key, lots in dealt.items() if lots}
        assert msgspec.msgpack.encode(state)
