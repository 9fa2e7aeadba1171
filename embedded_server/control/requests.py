"""What the control endpoint is asked: strict bodies, unknown fields refused. Seconds, fractions, prices."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from embedded_server.control.conditions import Condition
from embedded_server.protocols.injection import Text

DAY_SECONDS = 86_400
Seconds = Annotated[float, Meta(gt=0, le=DAY_SECONDS)]
Endpoint = Annotated[str, Meta(max_length=50)]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Root of the bodies."""


class SetClock(Request, frozen=True, kw_only=True):
    """What is left out stays. `speed` is virtual seconds a real second."""

    mode: Literal["real", "paused"] | None = None
    speed: Annotated[float, Meta(gt=0, le=10_000)] | None = None


class Step(Request, frozen=True, kw_only=True):
    """How far."""

    seconds: Seconds


class RunUntil(Request, frozen=True, kw_only=True):
    """Until what, and how far at most."""

    condition: Condition
    limit_seconds: Seconds = 3600.0


class Price(Request, frozen=True, kw_only=True):
    """Shift an instrument's fair price: 0.01 is up one percent. The book follows with real trades."""

    instrument: Text
    fraction: Annotated[float, Meta(ge=-0.5, le=0.5)]


class Requote(Request, frozen=True, kw_only=True):
    """Requote the next `count` instant executions, `ticks` against the client."""

    count: Annotated[int, Meta(ge=0, le=1000)] = 1
    ticks: Annotated[int, Meta(ge=-100_000, le=100_000)] = 3


class Disconnect(Request, frozen=True, kw_only=True):
    """Close one client of an endpoint, or all, with a code and a reason; or cut without a word."""

    endpoint: Endpoint
    client: str | None = None
    code: Annotated[int, Meta(ge=1000, le=4999)] = 1011
    reason: Annotated[str, Meta(max_length=123)] = ""
    abort: bool = False


class Silence(Request, frozen=True, kw_only=True):
    """Let the connections of an endpoint freeze: neither read nor written; what waited comes afterwards."""

    endpoint: Endpoint
    client: str | None = None
    seconds: Seconds


class Event(Request, frozen=True, kw_only=True, tag_field="type"):
    """Root of the events that can be raised: told as if they had happened, the market does not change."""


class MarginCalled(Event, frozen=True, kw_only=True, tag="MarginCalled"):
    """A margin call of an account."""

    account: Text
    margin_level_percent: float = 95.0


class SessionChanged(Event, frozen=True, kw_only=True, tag="SessionChanged"):
    """Trading in an instrument stops, or is back."""

    instrument: Text
    open: bool = False


class BotTradeFailed(Event, frozen=True, kw_only=True, tag="BotTradeFailed"):
    """The bot cannot carry out a signal; with nothing available its balance is empty. Money in USDT."""

    instrument: Text
    text: Text = "Insufficient balance for trade execution"
    required: Annotated[float, Meta(ge=0, le=1e9)] = 100.0
    available: Annotated[float, Meta(ge=0, le=1e9)] = 50.0


class ExecutionServiceChanged(Event, frozen=True, kw_only=True, tag="ExecutionServiceChanged"):
    """The execution service stops, or is back."""

    running: bool = False


AnyEvent = MarginCalled | SessionChanged | BotTradeFailed | ExecutionServiceChanged
