"""What the links at hand do not tell, in a sentence for the pane that would show it. Never a guess.

A protocol says what its messages can tell of (`Codec.tells`); one that says nothing may tell anything. What
was asked for and does not come for a while is told as well: not every backend has every extension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.model.commands import WatchBars, WatchDepth
from tui_trader.model.matters import Matter

if TYPE_CHECKING:
    from tui_trader.desk import Desk

PATIENCE_SECONDS = 8.0
"""How long something that was asked for may take before it is said that it does not come."""
_REQUESTS: dict[Matter, type[WatchBars | WatchDepth]] = {
    Matter.CANDLES: WatchBars,
    Matter.DEPTH: WatchDepth,
}


class Shortfall:
    """Sentences about what is missing; an empty one where it may only not have come yet."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked: dict[Matter, tuple[str, str, float]] = {}

    def of(self, matter: Matter) -> str:
        """What is to be said where no link tells of something."""
        links = self._desk.names
        if not links or any(self._may_tell(link, matter) for link in links):
            return ""
        return f"{links[0]} does not tell of {matter}" if len(links) == 1 else f"no link tells of {matter}"

    def of_selected(self, matter: Matter, now: float) -> str:
        """The same about candles or depth of what is looked at; called while there are none."""
        symbol = self._desk.store.selection.symbol
        if self.of(matter) or symbol not in self._desk.store.instruments:
            return self.of(matter)
        links = self._senders(matter, symbol)
        if not links:
            return f"no link sends {matter} of {symbol}"
        link = next((one for one in links if self._desk.store.links.ready(one)), "")
        if self._asked.get(matter, ())[:2] != (symbol, link):
            self._asked[matter] = (symbol, link, now)
        late = link and now - self._asked[matter][2] > PATIENCE_SECONDS
        return f"{link} sends no {matter} of {symbol}" if late else ""

    def _may_tell(self, link: str, matter: Matter) -> bool:
        told = self._desk.tells(link)
        return told is None or matter in told

    def _senders(self, matter: Matter, symbol: str) -> list[str]:
        """Links that could send it: asked, or by themselves for what they quote."""
        instruments, request = self._desk.store.instruments, _REQUESTS[matter]
        links = dict.fromkeys(self._desk.carriers(symbol, request))
        if not instruments.listed(symbol):
            links |= dict.fromkeys(link for link in self._desk.names if self._desk.can(link, request))
        links |= dict.fromkeys(link for link in instruments.links_of(symbol) if self._may_tell(link, matter))
        return list(links)
