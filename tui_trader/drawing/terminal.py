"""Between Textual and its driver: only cells that differ are written, a canvas's lines without compositor.

The only place that knows Textual's private parts of painting. Where they are not as they were tested, or a
screen is not an ordinary one, Textual paints as ever.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import textual
from rich.color import ColorSystem
from rich.control import Control
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.filter import ANSIToTruecolor
from textual.geometry import Region

from tui_trader.drawing.canvas import Canvas
from tui_trader.drawing.shadow import Shadow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.widget import Widget

    Layers = list[list[tuple[Widget, Region, Region]]]

TESTED = ("8.2.",)
"""Beginnings of the Textual releases that this was tested with, on a terminal emulator."""
Result = TypeVar("Result")


class Terminal:
    """The screen of an app as its terminal shows it."""

    def __init__(self, app: App[Result]) -> None:
        self._app = app
        self._shadow: Shadow | None = None
        self._layers: object = None
        self._places: dict[Canvas, Region | None] = {}
        self._begun = False
        self.lent = False
        """Another program has the terminal: nothing may be written to it."""

    @cached_property
    def _tested(self) -> bool:
        """Whether this Textual is one of those; asked after the first frame, for the answer is in a file."""
        return textual.__version__.startswith(TESTED)

    def forget(self) -> None:
        """Paint everything anew: the terminal was resized, or something else wrote to it."""
        self._shadow = None

    def display(self, update: RenderableType | None) -> bool:
        """Show what the compositor made; False leaves it to Textual."""
        if self.lent:
            self.forget()
            return True
        if not self._begun:
            self._begun = True
            return False
        app = self._app
        driver = self._driver()
        if driver is None or app._batch_count or not isinstance(update, (LayoutUpdate, ChopsUpdate)):
            self.forget()
            return False
        shadow = self._shadow
        if shadow is None or (shadow.width, shadow.height) != app.size:
            colors = app.console._color_system or ColorSystem.TRUECOLOR
            shadow = self._shadow = Shadow(app.size.width, app.size.height, colors)
        if isinstance(update, LayoutUpdate):
            _put_layout(shadow, update)
        else:
            _put_chops(shadow, update)
        self.flush()
        return True

    def paint(self, canvas: Canvas, rows: Sequence[int]) -> bool:
        """Show lines of a canvas at the next `flush`; False where something may be in front of it."""
        place = self._place(canvas)
        if place is None:
            return False
        shadow = self._shadow
        if shadow is None and self._driver() is not None:
            return False
        canvas._styles_cache.set_dirty(*(Region(0, row, place.width, 1) for row in rows))
        if shadow is not None:
            for row in rows:
                shadow.put(place.x, place.y + row, canvas.render_line(row))
        return True

    def flush(self) -> None:
        """Write what differs."""
        shadow, driver = self._shadow, self._driver()
        if shadow is None or driver is None or not (text := shadow.take()):
            return
        app = self._app
        cursor = app.screen.outer_size.clamp_offset(app.cursor_position)
        app._previous_cursor_position = cursor
        text += Control.move_to(*cursor).segment.text
        driver.write(f"{SYNC_START}{text}{SYNC_END}" if app._sync_available else text)
        driver.flush()

    def _driver(self) -> Driver | None:
        app = self._app
        driver = app._driver
        open_ = app._running and not app._closed and not app.is_headless
        return driver if self._tested and open_ and driver is not None and not driver.is_inline else None

    def _place(self, canvas: Canvas) -> Region | None:
        """Where a canvas is, if it is seen whole and nothing is in front of it or about to move."""
        app, screen = self._app, canvas.screen
        if (
            not self._begun
            or not self._tested
            or app._batch_count
            or screen is not app.screen
            or screen._layout_required
        ):
            return None
        layers = screen._compositor.layers_visible
        if layers is not self._layers:
            self._layers = layers
            self._places.clear()
        if canvas not in self._places:
            self._places[canvas] = _clear_place(screen, canvas, layers) if self._plain() else None
        place = self._places[canvas]
        return place if place is not None and place.size == canvas.size else None

    def _plain(self) -> bool:
        """True unless something is done to colours on their way to the terminal."""
        return all(isinstance(one, ANSIToTruecolor) for one in self._app.get_line_filters())


def _clear_place(screen: Screen[object], canvas: Canvas, layers: Layers) -> Region | None:
    region, clip = screen._compositor.visible_widgets.get(canvas, (None, None))
    if region is None or clip is None or not clip.contains_region(region):
        return None
    if canvas.gutter or canvas.opacity != 1:
        return None
    for layer in layers[region.y : region.bottom]:
        for widget, cropped, _ in layer:
            if widget is canvas:
                break
            if cropped.overlaps(region):
                return None
    return region


def _put_layout(shadow: Shadow, update: LayoutUpdate) -> None:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            x = shadow.put(x, y, strip)


def _put_chops(shadow: Shadow, update: ChopsUpdate) -> None:
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > last or end <= first:
                continue
            inside = first <= x < last and end <= last
            shadow.put(x, y, strip if inside else strip.crop(0, min(end, last) - x))


class PaintedApp(App[Result]):
    """An app that writes no cell twice."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = Terminal(self)

    @contextmanager
    def lend_terminal(self) -> Iterator[None]:
        """Give the terminal to another program; the console goes on, unseen and without keys.

        Raises `SuspendNotSupported`.
        """
        try:
            with self.suspend():
                self.terminal.lent = True
                yield
        finally:
            self.terminal.lent = False
            self.terminal.forget()

    def refresh_css(self, animate: bool = True) -> None:
        """Take another theme's colours over; without a screen there is nothing yet to be parsed again."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def bell(self) -> None:
        """Ring, unless it would ring in another program."""
        if not self.terminal.lent:
            super().bell()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if not self.terminal.display(renderable):
            super()._display(screen, renderable)
        else:
            self.post_display_hook()
