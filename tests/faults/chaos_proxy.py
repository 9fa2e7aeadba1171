"""A proxy between a console and a server that does to their bytes, and to their messages, what networks do.

Every connection through a proxy meets its present `weather`; `cut` and `reset` end what is open now. Frames
are told apart on WebSocket ports, so that whole messages can be doubled, swapped and lost (the shim).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

Sleep = Callable[[float], Awaitable[None]]
SLICED_BYTES = 2_000
"""Of each delivery so many bytes go one by one; the rest goes as it came."""
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class Weather:
    """What happens to what passes; the default is a calm day."""

    delay_seconds: float = 0.0
    sliced: bool = False
    silent: bool = False
    """Half-open: bytes vanish both ways, and no end is told."""
    stuck: bool = False
    """Nobody reads what the server sends."""
    truncate_after: int | None = None
    """So many bytes of the server's still pass, then the connection is cut, in the middle of anything."""
    mangle: str = ""
    """`double`, `swap` or `drop`: what befalls every third message."""
    replay: bool = False
    """A request is sent once more on a connection of its own, as a confused middlebox does."""


class Splitter:
    """Bytes of one direction: the HTTP head first, then frame by frame."""

    def __init__(self) -> None:
        self._kept = b""
        self._upgraded = False

    def take(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """Whole pieces, and whether each is a data message that stands alone."""
        self._kept += data
        if not self._upgraded:
            head, end, rest = self._kept.partition(b"\r\n\r\n")
            if not end:
                return
            self._upgraded, self._kept = True, rest
            yield head + end, False
        while (size := self._frame_size()) and size <= len(self._kept):
            frame, self._kept = self._kept[:size], self._kept[size:]
            yield frame, frame[0] in (0x81, 0x82)

    def _frame_size(self) -> int:
        kept = self._kept
        if len(kept) < 2:
            return 0
        size, extra = kept[1] & 0x7F, {126: 2, 127: 8}.get(kept[1] & 0x7F, 0)
        if extra:
            size = int.from_bytes(kept[2 : 2 + extra])
        return 2 + extra + (4 if kept[1] & 0x80 else 0) + size if len(kept) >= 2 + extra else 0


class Pair:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far = near, far
        self.dead = False
        """Bytes were lost: no byte may follow, or the stream would be nonsense."""
        self.held: dict[asyncio.StreamWriter, bytes] = {}

    def end(self, *, rudely: bool = False) -> None:
        """Close both sides; rudely with a reset."""
        for writer in (self.near, self.far):
            raw = writer.get_extra_info("socket")
            if rudely and raw is not None and raw.fileno() >= 0:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            writer.transport.abort() if rudely else writer.close()


class ChaosProxy:
    """A port of this machine that leads to another one."""

    def __init__(self, port: int, sleep: Sleep, *, frames: bool, seed: int = 0) -> None:
        self.backend = port
        self.frames = frames
        self.weather = Weather()
        self.faults: Counter[str] = Counter()
        self._sleep = sleep
        self._chance = random.Random(seed)
        self._pairs: set[Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen; the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """End everything."""
        self._server.close()
        self.reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def cut(self) -> None:
        """Close what is open."""
        for pair in list(self._pairs):
            self.faults["cut"] += 1
            pair.end()

    def reset(self) -> None:
        """End what is open with a reset, also what is half open."""
        for pair in list(self._pairs):
            self.faults["reset"] += 1
            pair.end(rudely=True)

    async def _accept(self, near_in: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            far_in, far = await asyncio.open_connection("127.0.0.1", self.backend)
        except OSError:
            near.transport.abort()
            return
        pair = Pair(near, far)
        self._pairs.add(pair)
        for reader, writer, down in ((near_in, far, False), (far_in, near, True)):
            task = asyncio.create_task(self._pump(pair, reader, writer, down=down))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(
        self, pair: Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, down: bool
    ) -> None:
        splitter = Splitter()
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                while down and self.weather.stuck:
                    self.faults["stuck"] += 1
                    await self._sleep(1.0)
                pair.dead = pair.dead or self.weather.silent
                if pair.dead:
                    self.faults["half-open"] += 1
                    continue
                if self.weather.replay and not down:
                    await self._replay(data)
                pieces = splitter.take(data) if self.frames else iter(((data, False),))
                out = b"".join(self._shim(pair, writer, piece, alone) for piece, alone in pieces)
                await self._deliver(pair, writer, out, down=down)
        if not pair.dead:
            pair.end()
            self._pairs.discard(pair)

    def _shim(self, pair: Pair, writer: asyncio.StreamWriter, piece: bytes, alone: bool) -> bytes:
        late = pair.held.pop(writer, b"")
        mangle = self.weather.mangle
        if not (alone and mangle and self._chance.random() < 1 / 3):
            return piece + late
        self.faults[mangle] += 1
        if mangle == "swap":
            pair.held[writer] = piece
            return late
        return late + (piece * 2 if mangle == "double" else b"")

    async def _deliver(self, pair: Pair, writer: asyncio.StreamWriter, data: bytes, *, down: bool) -> None:
        weather = self.weather
        if weather.delay_seconds:
            self.faults[f"delay {weather.delay_seconds * 1000:.0f} ms"] += 1
            await self._sleep(weather.delay_seconds)
        if down and weather.truncate_after is not None:
            kept = weather.truncate_after
            weather.truncate_after = kept - len(data) if len(data) < kept else None
            if weather.truncate_after is None:
                self.faults["truncation"] += 1
                writer.write(data[:kept])
                await writer.drain()
                pair.end()
                return
        if weather.sliced:
            self.faults["one-byte slices"] += 1
            for place in range(min(SLICED_BYTES, len(data))):
                writer.write(data[place : place + 1])
                if not place % 16:
                    await asyncio.sleep(0)
            data = data[SLICED_BYTES:]
        writer.write(data)
        await writer.drain()

    async def _replay(self, request: bytes) -> None:
        self.faults["replayed request"] += 1
        with contextlib.suppress(OSError, TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.backend)
            try:
                writer.write(request)
                async with asyncio.timeout(0.05):
                    await reader.read(65_536)
            finally:
                writer.transport.abort()
