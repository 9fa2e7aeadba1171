"""Waits until a console has done and painted what it was told, where Textual waits for an idle processor.

Textual's pilot sleeps at least 20 ms after each key, twice, and up to a second while the process computes.
What a test wants to know is whether anything is left to be done: a callback of the loop, a layout, a line to
paint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING
from unittest.mock import patch

from textual.pilot import Pilot

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

QUIET_TURNS = 2
"""Turns of the loop without a callback: each of them has also looked at the sockets."""
PATIENCE_SECONDS = 5.0


async def quiet(min_sleep: float = 0.0, max_sleep: float = PATIENCE_SECONDS) -> None:
    """Wait until nothing is ready to run; the parameters are those of Textual's `wait_for_idle`."""
    ready = asyncio.get_running_loop()._ready
    end = monotonic() + max_sleep
    turns = 0
    while turns < QUIET_TURNS and monotonic() < end:
        await asyncio.sleep(0)
        turns = 0 if ready else turns + 1


async def settle(app: App[None]) -> None:
    """Wait until all is done, painting at once what Textual would paint at the next 60th of a second."""
    end = monotonic() + PATIENCE_SECONDS
    await quiet()
    while (screens := list(filter(_unpainted, _shown(app)))) and monotonic() < end:
        for screen in screens:
            screen._on_timer_update()
        await quiet()


def _shown(app: App[None]) -> list[Screen[object]]:
    """Dialogs and what is seen behind them, from below."""
    return [*app._background_screens, app.screen] if app.screen_stack else []


def _unpainted(screen: Screen[object]) -> bool:
    pending = (
        screen._layout_required,
        screen._scroll_required,
        screen._repaint_required and screen is screen.app.screen,  # one below is always left with the wish
        screen._recompose_required,
        screen._dirty_widgets,
        screen._callbacks,
    )
    return screen.is_current and not screen.app._batch_count and any(pending)


@contextmanager
def settling() -> Iterator[None]:
    """Let every pilot wait that way."""
    press_keys, wait_for_screen, stock_pause = Pilot.press, Pilot._wait_for_screen, Pilot.pause

    async def press(pilot: Pilot[None], *keys: str) -> None:
        for key in keys:
            await press_keys(pilot, key)
            await settle(pilot.app)

    async def pause(pilot: Pilot[None], delay: float | None = None) -> None:
        if delay is not None:
            await stock_pause(pilot, delay)
        await wait_for_screen(pilot)
        await settle(pilot.app)

    with (
        patch("textual.app.wait_for_idle", quiet),
        patch("textual.pilot.wait_for_idle", quiet),
        patch.object(Pilot, "press", press),
        patch.object(Pilot, "pause", pause),
    ):
        yield
