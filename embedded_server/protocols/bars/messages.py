"""Messages of bars.md, field for field and in the document's order."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Params(Struct, frozen=True):
    """What a subscription may choose. Resolution: 1 5 15 30 60 (minutes), D, W, M."""

    resolution: str = "1"


class SubscriptionRequest(Struct, frozen=True):
    """Payload of `bars.subscribe` and `bars.unsubscribe`."""

    symbol: str
    params: Params = Params()


class SubscriptionResponse(Struct, frozen=True):
    """Payload of a reply."""

    status: Literal["ok", "error"]
    symbol: str
    message: str
    topic: str


class SubscribeResponse(Struct, frozen=True, tag_field="type", tag="bars.subscribe.response"):
    """bars.md, 1. Subscribe to Bar Updates."""

    payload: SubscriptionResponse


class UnsubscribeResponse(Struct, frozen=True, tag_field="type", tag="bars.unsubscribe.response"):
    """bars.md, 2. Unsubscribe from Updates."""

    payload: SubscriptionResponse


class BarPayload(Struct, frozen=True):
    """One candle. `time` is its opening, epoch ms.

    `volume` counts the instrument's smallest quantity steps: shares, 0.0001 BTC, 0.01 forex lots.
    """

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: int


class BarUpdate(Struct, frozen=True, tag_field="type", tag="bars.update"):
    """bars.md, 3. Bar Data Updates."""

    payload: BarPayload


ServerMessage = SubscribeResponse | UnsubscribeResponse | BarUpdate
