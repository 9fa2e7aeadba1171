"""What can be watched and traded, merged from every link's list; the owner of its quotes describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import floor, log10

from tui_trader.model.events import InstrumentsListed
from tui_trader.model.values import Instrument

MIN_DIGITS = 2
MAX_DIGITS = 8
FIGURES = 7
_PERPETUAL = "-PERP"
_KINDS = {"equity": 0, "spot": 1, "perpetual": 2, "forex": 3}


class Instruments:
    """Instruments by console key, in an order that does not depend on which link answered first."""

    __slots__ = ("_by_key", "_digits", "_listed", "_seen", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._by_key: dict[str, Instrument] = {}
        self._digits: dict[str, int] = {}
        self._listed: dict[str, tuple[Instrument, ...]] = {}
        self._seen: dict[str, dict[str, Instrument]] = {}

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
        """The instrument, or a stand-in with the decimals noted (else two) for one that no link listed."""
        known = self._by_key.get(key)
        if known is not None:
            return known
        digits = self._digits.get(key, MIN_DIGITS)
        return Instrument(key=key, symbol=key, link="", price_digits=digits, tick_size=10.0**-digits)

    def note(self, key: str, *prices: float | None) -> None:
        """Note how fine an order or a position is priced, for as long as nothing better is known of it."""
        digits = max(map(_shown_decimals, prices), default=0)
        if key not in self._by_key and digits > self._digits.get(key, MIN_DIGITS):
            self._digits[key] = digits
            self.revision += 1

    def links_of(self, key: str) -> tuple[str, ...]:
        """Links that list the instrument, the one that owns its quotes first."""
        owner = self.describe(key).link
        names = [name for name, listed in self._listed.items() if any(item.key == key for item in listed)]
        names += [name for name in self._seen.get(key, ()) if name not in names]
        return tuple(sorted(names, key=lambda name: name != owner))

    def replace(self, event: InstrumentsListed) -> None:
        """Take over what one link lists, instead of what it listed before."""
        self._listed[event.link] = event.instruments
        self._merge()

    def listed(self, key: str) -> bool:
        """Whether a link lists the instrument; else it is only known from what was quoted."""
        return any(item.key == key for items in self._listed.values() for item in items)

    def see(self, link: str, key: str, prices: Iterable[float | None]) -> None:
        """Note an instrument that a link quotes and none lists; its prices tell how many decimals it has."""
        known = self._by_key.get(key)
        seen = self._seen.get(key)
        if known is not None and (seen is None or (link in seen and _fit(prices, known.price_digits))):
            return
        digits = max(map(decimals, prices), default=0)
        if seen is not None and link in seen and (known is None or digits <= known.price_digits):
            return
        first = next(iter(seen.values())).link if seen else link
        digits = max(digits, known.price_digits if known else MIN_DIGITS)
        made = Instrument(
            key=key,
            symbol=key,
            link=first,
            kind="perpetual" if key.endswith(_PERPETUAL) else "",
            price_digits=digits,
            quantity_digits=4,
            tick_size=10.0**-digits,
            quantity_step=0.0001,
            inferred=True,
        )
        self._seen.setdefault(key, {})[link] = made
        self._seen[key] = dict.fromkeys(self._seen[key], made)
        self._merge()

    def _merge(self) -> None:
        merged: dict[str, Instrument] = {}
        for name in sorted(self._listed):
            for instrument in self._listed[name]:
                if instrument.link == name or instrument.key not in merged:
                    merged[instrument.key] = instrument
        for key, by_link in self._seen.items():
            merged.setdefault(key, next(iter(by_link.values())))
        order = dict.fromkeys(merged, 0) | {
            item.key: place for listed in self._listed.values() for place, item in enumerate(listed)
        }
        self._by_key = dict(
            sorted(merged.items(), key=lambda pair: (_KINDS.get(pair[1].kind, 9), order[pair[0]], pair[0]))
        )
        self.revision += 1


def _fit(prices: Iterable[float | None], digits: int) -> bool:
    """Whether prices are plainly told with so few decimals; False also where rounding leaves a doubt."""
    scale = 10.0**digits
    return all(price is None or (price * scale).is_integer() for price in prices)


def _shown_decimals(price: float | None) -> int:
    """Decimals of a price that may be an average: no more than make seven figures with what stands before."""
    if not price:
        return 0
    return min(decimals(price), max(MIN_DIGITS, FIGURES - 1 - floor(log10(abs(price)))))


def decimals(price: float | None) -> int:
    """Decimals that a figure is told with, at most eight."""
    if price is None:
        return 0
    text = f"{price:.{MAX_DIGITS}f}".rstrip("0")
    return len(text) - text.index(".") - 1
