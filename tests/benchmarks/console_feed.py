"""Eight gateways in one process that tell quotes and trades of 24 instruments at a rate; an account, deals.

    python -m tests.benchmarks.console_feed RATE

One frame a message. Prints its ports as JSON, feeds while all eight are connected, and prints what it sent.
Deals are numbered from 1, so that whoever listens knows when one is missing.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterator

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

LINKS = 8
SYMBOLS = tuple(f"{name}USD" for name in (
    "AAA", "AAB", "AAC", "ABA", "ABB", "ABC", "ACA", "ACB", "ACC", "BAA", "BAB", "BAC",
    "BBA", "BBB", "BBC", "BCA", "BCB", "BCC", "CAA", "CAB", "CAC", "CBA", "CBB", "CBC",
))  # fmt: skip
TICKS = 30
"""Writes a second."""
DEALS = 4
"""A tick: 120 a second is more than any account has."""


def frame(message: object) -> bytes:
    """A text frame as a server sends it."""
    data = json.dumps(message, separators=(",", ":")).encode()
    head = bytes((0x81, len(data))) if len(data) < 126 else b"\x81\x7e" + len(data).to_bytes(2, "big")
    return head + data


def quote(symbol: str, price: float) -> object:
    """Top of book and the rolling day."""
    data = {
        "symbol": symbol, "bid": price, "ask": round(price + 0.02, 2), "last": price, "bidSize": 3.0,
        "askSize": 2.0, "change24h": round(price - 100, 2), "volume24h": 18_233.0, "high24h": 109.2,
        "low24h": 96.4,
    }  # fmt: skip
    return {"type": "quote", "timestamp": "2026-01-05T12:00:00.000Z", "data": data}


def trade(symbol: str, price: float) -> object:
    """A print of the tape."""
    data = {"symbol": symbol, "price": price, "quantity": 1.0, "side": "BUY"}
    return {"type": "trade", "timestamp": "2026-01-05T12:00:00.000Z", "data": data}


def deal(number: int) -> object:
    """An execution of a strategy (orchestrator.md, strategy_trade)."""
    data = {
        "id": str(number), "strategyId": "1", "symbol": SYMBOLS[number % len(SYMBOLS)], "side": "BUY",
        "quantity": 1.0, "entryPrice": 100.0, "status": "FILLED", "orderId": str(number),
    }  # fmt: skip
    return {"type": "strategy_trade", "timestamp": "2026-01-05T12:00:00.000Z", "data": data}


def messages(symbols: tuple[str, ...], seed: int) -> Iterator[bytes]:
    """Frames without end: two quotes to a trade, every price another one."""
    generator = random.Random(seed)
    prices = dict.fromkeys(symbols, 100.0)
    while True:
        for symbol in symbols:
            for told in (quote, quote, trade):
                prices[symbol] = round(prices[symbol] + generator.choice((-0.02, -0.01, 0.01, 0.02)), 2)
                yield frame(told(symbol, prices[symbol]))


class Feed:
    """All clients, and what was sent to them."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.sent = 0
        self.deals = 0
        self.clients: list[ServerConnection] = []
        self.account: ServerConnection | None = None
        each = len(SYMBOLS) // LINKS
        made = (messages(SYMBOLS[link * each : (link + 1) * each], link) for link in range(LINKS))
        self.stock = [[next(one) for _ in range(max(3_000, rate // LINKS))] for one in made]
        self.places = [0] * LINKS

    async def client(self, connection: ServerConnection) -> None:
        """Take a client; what it says does not matter."""
        self.clients.append(connection)
        try:
            async for _ in connection:
                pass
        except ConnectionClosed:
            pass
        finally:
            self.clients.remove(connection)

    async def owner(self, connection: ServerConnection) -> None:
        """Take the client that the account's deals go to."""
        self.account = connection
        try:
            async for _ in connection:
                pass
        except ConnectionClosed:
            pass

    async def run(self) -> None:
        """Feed while all are there."""
        loop = asyncio.get_running_loop()
        while len(self.clients) < LINKS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        due, owed = loop.time(), 1.0 * len(SYMBOLS)  # at first each instrument has a price, whatever the rate
        while len(self.clients) == LINKS:
            owed += self.rate / TICKS / LINKS
            for number, connection in enumerate(tuple(self.clients)):
                self.tell(number, connection, int(owed))
            owed -= int(owed)
            if self.rate and self.account is not None:
                self.trade(self.account)
            due += 1 / TICKS
            await asyncio.sleep(max(0.0, due - loop.time()))

    def tell(self, number: int, connection: ServerConnection, many: int) -> None:
        """So many messages in one write, each a frame of its own."""
        stock, place = self.stock[number], self.places[number]
        part = stock[place : place + many]
        part += stock[: many - len(part)]
        self.places[number] = (place + many) % len(stock)
        if _open(connection):
            connection.transport.write(b"".join(part))
            self.sent += many

    def trade(self, connection: ServerConnection) -> None:
        """The account's deals of a tick."""
        if _open(connection):
            first, self.deals = self.deals + 1, self.deals + DEALS
            part = (frame(deal(number)) for number in range(first, self.deals + 1))
            connection.transport.write(b"".join(part))


def _open(connection: ServerConnection) -> bool:
    return not connection.transport.is_closing() and not connection.transport._eof


async def main(rate: int) -> None:
    """Serve until the clients have come and gone."""
    feed = Feed(rate)
    servers = [await serve(feed.client, "127.0.0.1", 0, compression=None) for _ in range(LINKS)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    account = await serve(feed.owner, "127.0.0.1", 0, compression=None)
    told = {"ports": ports, "account": account.sockets[0].getsockname()[1]}
    print(json.dumps(told), flush=True)
    await feed.run()
    print(json.dumps({"sent": feed.sent}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
