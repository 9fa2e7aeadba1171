"""What can be watched and traded, merged from every link's list; the owner of its quotes describes it."""

from __future__ import annotations

from collections.abc import Iterator

from tui_trader.model.events import InstrumentsListed
from tui_trader.model.values import Instrument

_KINDS = {"equity": 0, "spot": 1, "perpetual": 2, "forex": 3}


class Instruments:
    """Instruments by console key, in an order that does not depend on which link answered first."""

    __slots__ = ("_by_key", "_listed", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._by_key: dict[str, Instrument] = {}
        self._listed: dict[str, tuple[Instrument, ...]] = {}

    def __iter__(self) -> Iterator[Instrument]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def get(self, key: str) -> Instrument | None:
        """The instrument, if any link listed it."""
        return self._by_key.get(key)

    def describe(self, key: str) -> Instrument:
        """The instrument, or a stand-in with two decimals for one that no link listed."""
        return self._by_key.get(key) or Instrument(key=key, symbol=key, link="")

    def links_of(self, key: str) -> tuple[str, ...]:
        """Links that list the instrument, the one that owns its quotes first."""
        owner = self.describe(key).link
        names = [name for name, listed in self._listed.items() if any(item.key == key for item in listed)]
        return tuple(sorted(names, key=lambda name: name != owner))

    def replace(self, event: InstrumentsListed) -> None:
        """Take over what one link lists, instead of what it listed before."""
        self._listed[event.link] = event.instruments
        merged: dict[str, Instrument] = {}
        for name in sorted(self._listed):
            for instrument in self._listed[name]:
                if instrument.link == name or instrument.key not in merged:
                    merged[instrument.key] = instrument
        order = {item.key: place for listed in self._listed.values() for place, item in enumerate(listed)}
        self._by_key = dict(
            sorted(merged.items(), key=lambda pair: (_KINDS.get(pair[1].kind, 9), order[pair[0]], pair[0]))
        )
        self.revision += 1
