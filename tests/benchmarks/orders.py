"""Acknowledged orders a second with a journal: a server in a process of its own, one client, real disk.

    python -m tests.benchmarks.orders [--quick]

Wall clock counts here, because the disk does: what is waited for is a sync.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from tests.benchmarks.figures import QUICK_RUNS, RUNS, Figure, middle, run_alone

PATH = "/api/v1/orders"
SERVER = (sys.executable, "-m", "tui_trader", "--server-only", "--json", "--ports", "free", "--data")


@contextlib.contextmanager
def server() -> Iterator[tuple[str, str, str]]:
    """Base URL of the channels endpoint and its key pair."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUI_TRADER_")}
    environment["TUI_TRADER_SERVER_REQUESTS_PER_MINUTE"] = "0"
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.Popen((*SERVER, folder), stdout=subprocess.PIPE, env=environment)
        try:
            assert child.stdout is not None
            ready = json.loads(child.stdout.readline())
            keys = json.loads(Path(ready["credentials_file"]).read_text())["channels"]
            yield ready["http"]["channels"], keys["api_key"], keys["api_secret"]
        finally:
            child.terminate()
            child.wait()


def headers(key: str, secret: str, body: str) -> dict[str, str]:
    """A signed order's (channels.md, 3.1)."""
    timestamp = str(time.time_ns() // 1_000_000)
    digest = hmac.new(secret.encode(), f"POST\n{PATH}\n{timestamp}\n{body}".encode(), hashlib.sha256)
    return {"X-API-Key": key, "X-Timestamp": timestamp, "X-Signature": digest.hexdigest()}


async def orders_a_second(base: str, key: str, secret: str, clients: int, seconds: float) -> float:
    """Each of `clients` sends its next order when the one before is acknowledged."""
    taken = 0
    until = time.perf_counter() + seconds

    async def trade(number: int) -> None:
        nonlocal taken
        while time.perf_counter() < until:
            reference = f"{number}-{time.perf_counter_ns()}"
            body = json.dumps(
                {
                    "symbol": "DOGEUSDT",
                    "side": "buy",
                    "type": "limit",
                    "amount": "10",
                    "price": "0.1",
                    "client_order_id": reference,
                }
            )
            signed = headers(key, secret, body)
            async with http.post(base + PATH, data=body, headers=signed) as answer:
                order = await answer.json()
                assert answer.status == 201, order
            taken += 1

    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        await asyncio.gather(*(trade(number) for number in range(clients)))
    return taken / (time.perf_counter() - began)


def measure(quick: bool) -> Iterator[Figure]:
    """One client after another, then many at once that share syncs."""
    for clients in (1, 8, 32):
        samples = []
        for _ in range(QUICK_RUNS if quick else RUNS):
            with server() as (base, key, secret):
                seconds = 1.0 if quick else 3.0
                samples.append(asyncio.run(orders_a_second(base, key, secret, clients, seconds)))
        yield Figure(
            name=f"journal, orders of {clients} clients at once",
            unit="synced orders/s",
            ours=middle(samples),
            samples=tuple(samples),
        )


if __name__ == "__main__":
    run_alone(measure, __doc__)
