"""What the control endpoint answers."""

from __future__ import annotations

from msgspec import Struct


class ErrorAnswer(Struct, frozen=True):
    """Every refusal: a word for programs, one sentence for people."""

    code: str
    message: str


class ClockState(Struct, frozen=True, kw_only=True):
    """Where time stands. `sequence` counts events; `timers` tells what moves the protocols' timers."""

    time: str
    time_ns: int
    mode: str
    speed: float
    sequence: int
    timers: str
    timers_ms: int
    """Wall-clock time of the protocols, epoch ms: what a client's signature is compared with."""


class StepAnswer(Struct, frozen=True, kw_only=True):
    """The new present, and how many events it took to get there."""

    time: str
    time_ns: int
    events: int


class LoggedEvent(Struct, frozen=True, kw_only=True):
    """One event of the engine; `sequence` counts from the server's start."""

    sequence: int
    type: str
    event: object


class RunUntilAnswer(Struct, frozen=True, kw_only=True):
    """Whether the condition came to hold; `event` is null when it held from the beginning."""

    matched: bool
    event: LoggedEvent | None
    time: str
    time_ns: int
    events: int


class EventsAnswer(Struct, frozen=True, kw_only=True):
    """Events after the one asked for, oldest first.

    `next` is the `after` of the next request; `lost` when events that belong here are forgotten already.
    """

    events: list[LoggedEvent]
    next: int
    lost: bool


class ClientRow(Struct, frozen=True, kw_only=True):
    """One open WebSocket. `queue` counts messages that wait for it, `subscriptions` its market topics."""

    endpoint: str
    id: str
    peer: str
    since: str
    queue: int
    lagging: bool
    subscriptions: int


class Clients(Struct, frozen=True):
    """Every open WebSocket, by endpoint."""

    clients: list[ClientRow]


class Done(Struct, frozen=True):
    """The engine took the command."""

    accepted: bool = True


class Reached(Struct, frozen=True):
    """How many clients it concerned."""

    clients: int
