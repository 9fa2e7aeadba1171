"""A field that is one of a few words; nothing is chosen until the user does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tui_trader.drawing.canvas import Canvas, Cell, Line

if TYPE_CHECKING:
    from textual import events

    from tui_trader.desk import Desk


class Choice(Canvas, can_focus=True):
    """Options side by side; arrows go through them, a first letter picks one, or the next."""

    @dataclass
    class Changed(Message):
        """Another option was picked."""

        choice: Choice

        @property
        def control(self) -> Choice:
            """The choice."""
            return self.choice

    def __init__(self, desk: Desk, options: tuple[str, ...], inks: tuple[str, ...], *, id: str) -> None:
        super().__init__(desk, id=id)
        self._options = options
        self._option_inks = inks
        self.value = ""

    def shown(self) -> object:
        """What is picked and whether keys come here."""
        return (self.value, self.has_focus, self._options, self.disabled)

    def offer(self, options: tuple[str, ...], ink: str) -> None:
        """Offer other options; what is picked stays if it is among them."""
        if options != self._options:
            self._options, self._option_inks = options, (ink,) * len(options)
            self.value = self.value if self.value in options else ""
            self.touch()

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """The picked one stands on its own ground and between brackets."""
        cells: list[Cell] = []
        for option, ink in zip(self._options, self._option_inks, strict=True):
            if self.disabled:
                cells.append((f" {option} ", "faint", ""))
            elif option == self.value:
                cells.append((f"[{option}]", f"bold {ink}", "cursor"))
            else:
                cells.append((f" {option} ", "text" if self.has_focus else "muted", ""))
            cells.append((" " * self._gap, "text", ""))
        return [("cursor-idle" if self.has_focus else "pane", tuple(cells))]

    @property
    def _gap(self) -> int:
        """Cells between options: none where they would not fit beside each other otherwise."""
        return int(sum(len(option) + 3 for option in self._options) <= self.size.width + 1)

    def on_key(self, event: events.Key) -> None:
        """Arrows and first letters."""
        if event.key in ("left", "right", "space"):
            step = -1 if event.key == "left" else 1
            place = self._options.index(self.value) + step if self.value else 0
            self.pick(self._options[place % len(self._options)])
        else:
            place = self._options.index(self.value) + 1 if self.value else 0
            ahead = (*self._options[place:], *self._options[:place])
            option = next((one for one in ahead if one[0] == event.character), None)
            if option is None:
                return
            self.pick(option)
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """A click picks the option under it."""
        x = 0
        for option in self._options:
            if x <= event.x < x + len(option) + 2:
                self.pick(option)
            x += len(option) + 2 + self._gap

    def pick(self, option: str) -> None:
        """Choose an option."""
        self.value = option
        self.touch()
        self.post_message(self.Changed(self))
