"""Spans that a server counts in its own time, turned into ours: a market may run at another speed."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tui_trader.model.events import Event, RequoteOffered


def in_our_seconds(sink: Callable[[Event], None], speed: float) -> Callable[[Event], None]:
    """Wrap a sink so that offers stand for as long as this console's clock will see them stand."""
    if speed == 1.0:
        return sink

    def scaled(event: Event) -> None:
        if isinstance(event, RequoteOffered):
            event = replace(event, valid_seconds=event.valid_seconds / speed)
        sink(event)

    return scaled
