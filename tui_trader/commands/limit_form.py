"""Risk limits as typed: each field read and complained about by itself; only what changed is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tui_trader.formatting import numbers

MOST = Decimal(1_000_000)
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Change:
    """One limit that is to be another; `looser` if it then allows more risk."""

    name: str
    old: Decimal
    new: Decimal

    @property
    def looser(self) -> bool:
        """More risk is allowed: a higher ceiling or a lower floor."""
        return (self.new < self.old) if self.name.startswith("min") else (self.new > self.old)

    @property
    def sentence(self) -> str:
        """The change in words."""
        return f"{label(self.name)} {self.old} to {self.new}: {'looser' if self.looser else 'tighter'}"


def label(name: str) -> str:
    """A limit's wire name in words: `maxDailyLossPercent` is `daily loss, at most`."""
    words = _WORDS.sub(" ", name).lower().removesuffix(" percent").split()
    bound = {"max": ", at most", "min": ", at least"}.get(words[0], "") if words else ""
    return " ".join(words[1:] if bound else words) + bound


def unit(name: str) -> str:
    """What a limit is measured in."""
    return "%" if name.lower().endswith("percent") else ""


def plain(value: float) -> Decimal:
    """A limit as the guardian told it, without noise of floating point."""
    return Decimal(f"{value:.6f}").normalize() + 0


def read(present: Mapping[str, float], typed: Mapping[str, str]) -> tuple[list[Change], dict[str, str]]:
    """Give the changes and, by name, what is wrong; a field left empty keeps its limit."""
    changes, complaints = [], {}
    for name, value in present.items():
        text = numbers.ungrouped(typed.get(name, "").strip().removesuffix("%"))
        if not text:
            continue
        try:
            new = Decimal(text)
        except InvalidOperation:
            complaints[name] = "not a number"
            continue
        if not new.is_finite() or new <= 0:
            complaints[name] = "must be more than 0"
        elif new > MOST:
            complaints[name] = f"at most {MOST:,}"
        elif new != plain(value):
            changes.append(Change(name, plain(value), new))
    return changes, complaints
