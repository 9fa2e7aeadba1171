"""Server CPU a million deliveries: our sessions, websockets' broadcast, the joined raw transport, in one run.

    python -m tests.benchmarks.delivery [--clients 10 100 1000] [--messages 10] [--rounds 5]

Clients live in a child process that only reads. Every sender is paced by the same ticks; only CPU time of
the serving process counts. The child counts bytes, so nothing is measured that did not arrive.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import multiprocessing
import os
import socket
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

from embedded_server.credentials import Credentials
from embedded_server.model.events import Event
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.transport.admission import Admission
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.flusher import FlushTick
from embedded_server.transport.frames import build_frame
from embedded_server.transport.limits import Limits
from embedded_server.transport.listener import Listener
from embedded_server.transport.time_source import ManualTimeSource
from embedded_server.transport.topics import TopicBoard

TICK_SECONDS = 0.005
PAYLOAD = b'{"type":"x","payload":"' + b"x" * 275 + b'"}'
Tick = Callable[[int], None]


class Board(Facade):
    """Subscribes every client to all topics."""

    name = "board"
    port = 1
    path = "/"
    width = 10

    def opened(self, client: Client) -> None:
        for number in range(self.width):
            self.topics.subscribe(client, f"t{number}")

    def received(self, client: Client, message: str | bytes) -> None:
        pass

    def publish(self, events: Sequence[Event]) -> None:
        pass


class Sink(asyncio.Protocol):
    """One reading client: counts the bytes behind the handshake into a shared list."""

    def __init__(self, counts: list[int], opened: asyncio.Semaphore) -> None:
        self._counts = counts
        self._opened = opened
        self._head: bytes | None = b""

    def connection_made(self, transport: Any) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self._head is None:
            self._counts[0] += len(data)
            return
        self._head += data
        _, found, rest = self._head.partition(b"\r\n\r\n")
        if found:
            self._head = None
            self._counts[0] += len(rest)
            self._opened.release()


async def read_all(port: int, clients: int, pipe: Connection) -> None:
    """Open the clients, say so, tell the count when asked, until told to stop."""
    counts = [0]
    opened = asyncio.Semaphore(0)
    for _ in range(clients):
        await asyncio.get_running_loop().create_connection(lambda: Sink(counts, opened), "127.0.0.1", port)
        await opened.acquire()
    pipe.send("open")
    while await asyncio.to_thread(pipe.recv) != "stop":
        pipe.send(counts[0])


def child(port: int, clients: int, pipe: Connection) -> None:
    """The reading process."""
    asyncio.run(read_all(port, clients, pipe))


async def measure(port: int, clients: int, ticks: int, expected: int, tick: Tick) -> float:
    """CPU seconds of this process for `ticks` paced ticks, all of them received."""
    ours, theirs = multiprocessing.Pipe()
    reader = multiprocessing.get_context("spawn").Process(target=child, args=(port, clients, theirs))
    reader.start()
    await asyncio.to_thread(ours.recv)
    await asyncio.sleep(0.3)
    start = time.process_time()
    for number in range(ticks):
        tick(number)
        await asyncio.sleep(TICK_SECONDS)
    spent = time.process_time() - start
    for _ in range(100):
        ours.send("count")
        received = await asyncio.to_thread(ours.recv)
        if received >= expected:
            break
        await asyncio.sleep(0.1)
    ours.send("stop")
    await asyncio.to_thread(reader.join)
    if received != expected:
        raise SystemExit(f"{received} bytes arrived, {expected} were sent")
    return spent


async def measure_ours(clients: int, messages: int, ticks: int) -> float:
    """Through facade topics, outboxes and sessions of a real listener."""
    limits = Limits()
    flusher = FlushTick(limits)
    topics = TopicBoard()
    clock = ManualTimeSource()
    Board.width = messages
    engine: Any = None
    services = Services(engine=engine, topics=topics, time=clock, credentials=Credentials())
    endpoint = Endpoint(
        Board(services),
        topics,
        time=clock,
        limits=limits,
        messages_per_minute=None,
        flusher=flusher,
        wake=lambda: None,
    )
    listener = Listener([endpoint], admission=Admission(), limits=limits, wake=lambda: None)
    port = await listener.start("127.0.0.1", 0)
    names = [f"t{number}" for number in range(messages)]

    def tick(number: int) -> None:
        for name in names:
            topics.publish(name, PAYLOAD)
        flusher.flush()

    frame = len(build_frame(PAYLOAD))
    try:
        return await measure(port, clients, ticks, frame * clients * messages * ticks, tick)
    finally:
        listener.stop_listening()
        listener.abort()
        await listener.wait_idle()
        flusher.stop()


async def measure_broadcast(clients: int, messages: int, ticks: int) -> float:
    """websockets' own server and broadcast()."""
    connections: set[ServerConnection] = set()

    async def handler(connection: ServerConnection) -> None:
        connections.add(connection)
        await connection.wait_closed()

    text = PAYLOAD.decode()

    def tick(number: int) -> None:
        for _ in range(messages):
            broadcast(connections, text)

    frame = len(build_frame(PAYLOAD))
    async with serve(handler, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        return await measure(port, clients, ticks, frame * clients * messages * ticks, tick)


async def measure_raw(clients: int, messages: int, ticks: int) -> float:
    """The floor: one write of joined frames to each bare transport."""
    transports: list[asyncio.Transport] = []

    class Bare(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            transports.append(transport)
            transport.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")

    frame = build_frame(PAYLOAD)

    def tick(number: int) -> None:
        for transport in transports:
            transport.write(b"".join([frame] * messages))

    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0, family=socket.AF_INET)
    try:
        port = server.sockets[0].getsockname()[1]
        return await measure(port, clients, ticks, len(frame) * clients * messages * ticks, tick)
    finally:
        server.close()
        for transport in transports:
            transport.abort()


SENDERS: dict[str, Callable[[int, int, int], Awaitable[float]]] = {
    "ours": measure_ours,
    "broadcast": measure_broadcast,
    "raw joined": measure_raw,
}


def main() -> None:
    """Print one JSON line a size: medians of CPU seconds a million deliveries, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--messages", type=int, default=10, help="messages a client and tick")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--deliveries", type=int, default=200_000, help="about how many a round")
    options = parser.parse_args()
    for clients in options.clients:
        ticks = max(20, options.deliveries // (clients * options.messages))
        million = clients * options.messages * ticks / 1e6
        spent: dict[str, list[float]] = {name: [] for name in SENDERS}
        for _ in range(options.rounds):
            for name, sender in SENDERS.items():
                spent[name].append(asyncio.run(sender(clients, options.messages, ticks)) / million)  # type: ignore[arg-type]
        middle = {name: statistics.median(values) for name, values in spent.items()}
        print(
            json.dumps(
                {
                    "clients": clients,
                    "messages": options.messages,
                    "cpu_seconds_per_million": {name: round(value, 3) for name, value in middle.items()},
                    "times_broadcast": round(middle["broadcast"] / middle["ours"], 1),
                    "times_raw_cost": round(middle["ours"] / middle["raw joined"], 2),
                }
            )
        )


if __name__ == "__main__":
    main()
