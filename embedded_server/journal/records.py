"""The rows of a journal as values, and how commands and events are written."""

from __future__ import annotations

import msgspec

from embedded_server.engine.engine import EngineSettings, Input
from embedded_server.model import commands as c
from embedded_server.model.events import BarClosed, DepthChanged, Event, QuoteChanged, TradePrinted

MARKET_DATA = (QuoteChanged, DepthChanged, TradePrinted, BarClosed)
"""Not stored one by one: settings and inputs decide them, and every mark holds their digest."""

_encoder = msgspec.msgpack.Encoder()
_commands: msgspec.msgpack.Decoder[c.Command] = msgspec.msgpack.Decoder(c.Command)
encode = _encoder.encode


class Run(msgspec.Struct, frozen=True):
    """Whose run it is."""

    program: str
    engine: str
    settings: str
    seed: int
    start: int
    sessions: bool
    created: int
    """Wall-clock nanoseconds since the epoch."""

    def engine_settings(self) -> EngineSettings:
        """The settings that decided every event."""
        return EngineSettings(seed=self.seed, start=self.start, sessions=self.sessions)


class StoredEvent(msgspec.Struct, frozen=True):
    """An event in its place: `sequence` among the stored, `published` among all that were told."""

    sequence: int
    published: int
    time: int
    kind: str
    event: bytes


class Mark(msgspec.Struct, frozen=True):
    """How far a run had come; counts and digest include everything before it."""

    id: int
    time: int
    inputs: int
    events: int
    published: int
    digest: bytes


class Snapshot(msgspec.Struct, frozen=True):
    """A mark at which the engine's state was put into a file; `digest` is the file's."""

    mark: Mark
    file: str
    digest: bytes


def stored(event: Event, sequence: int, published: int) -> StoredEvent:
    """An event as it is kept."""
    return StoredEvent(sequence, published, event.time, type(event).__name__, encode(event))


def input_of(sequence: int, time: int, command: bytes) -> Input:
    """A stored command; raises `msgspec.MsgspecError`."""
    return Input(time, sequence, _commands.decode(command))
