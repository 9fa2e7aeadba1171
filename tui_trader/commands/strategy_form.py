"""A strategy's `config` as typed, in the form or after `strat`, read by the document's rules field by field.

orchestrator.md, Start Strategy, and CLARIFICATIONS.md, orchestrator; `stopLossPercentage` 0.02 is 2 %.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui_trader.formatting import numbers
from tui_trader.model.commands import StartStrategy
from tui_trader.model.values import StrategyConfig
from tui_trader.store.selection import TIMEFRAMES

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.model.values import Strategy

LABELS = {
    "symbols": "Symbols",
    "resolution": "Bars of",
    "real_trading": "Real trading",
    "max_position_value": "Position, at most",
    "max_orders_per_minute": "Orders a minute",
    "stop_loss": "Stop loss",
}
MOST_VALUE = Decimal(1_000_000_000)
MOST_ORDERS = 600
EXAMPLE = StrategyConfig(
    strategy_id="",
    resolution="1m",
    real_trading=False,
    max_position_value=10_000.0,
    max_orders_per_minute=5,
    stop_loss=0.02,
)
"""The document's own figures: they stand in where nobody told a strategy's."""


@dataclass(frozen=True, slots=True)
class StrategyEntry:
    """A config as typed; `symbols` are separated by blanks or commas, `stop_loss` is `2%` or `0.02`."""

    symbols: str = ""
    resolution: str = ""
    real_trading: str = ""
    max_position_value: str = ""
    max_orders_per_minute: str = ""
    stop_loss: str = ""


FIELDS = tuple(field.name for field in fields(StrategyEntry))


def known(strategy: Strategy, desk: Desk) -> StrategyConfig:
    """What bounds a strategy now, as far as anybody told."""
    config = desk.store.strategies.config(strategy) or StrategyConfig(strategy_id=strategy.id)
    return replace(config, symbols=strategy.symbols or config.symbols)


def assumed(strategy: Strategy, desk: Desk) -> frozenset[str]:
    """Fields that nobody told, which the form fills with the document's example."""
    config = known(strategy, desk)
    return frozenset(name for name in FIELDS if getattr(config, name) is None)


def present(strategy: Strategy, desk: Desk) -> StrategyEntry:
    """The strategy's present config as one would type it."""
    config = known(strategy, desk)

    def value(name: str) -> float:
        own = getattr(config, name)
        return float(getattr(EXAMPLE, name) if own is None else own)

    return StrategyEntry(
        symbols=" ".join(config.symbols or ()),
        resolution=config.resolution or str(EXAMPLE.resolution),
        real_trading="yes" if config.real_trading else "no",
        max_position_value=f"{plain(value('max_position_value')):f}",
        max_orders_per_minute=f"{value('max_orders_per_minute'):.0f}",
        stop_loss=f"{plain(value('stop_loss') * 100):f}%",
    )


def plain(value: float) -> Decimal:
    """A figure without noise of floating point."""
    return Decimal(f"{value:.6f}").normalize() + 0


class StrategyReading:
    """An entry being read: `complaints` by field."""

    def __init__(self, strategy: Strategy, entry: StrategyEntry, desk: Desk) -> None:
        self._strategy = strategy
        self._entry = entry
        self._desk = desk
        self.complaints: dict[str, str] = {}

    def command(self) -> StartStrategy | None:
        """The command, or None when anything is wrong; then `complaints` says what."""
        symbols = self._symbols()
        resolution = self._resolution()
        real = self._real()
        value = self._checked("max_position_value", self._value)
        orders = self._checked("max_orders_per_minute", self._orders)
        loss = self._checked("stop_loss", self._loss)
        if self.complaints:
            return None
        return StartStrategy(
            link=self._strategy.link,
            strategy_id=self._strategy.id,
            symbols=symbols,
            resolution=resolution,
            real_trading=real,
            max_position_value=value,
            max_orders_per_minute=None if orders is None else int(orders),
            stop_loss_percentage=loss,
        )

    def _symbols(self) -> tuple[str, ...]:
        names = tuple(name.upper() for name in re.split(r"[\s,]+", self._entry.symbols) if name)
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        unknown = next((name for name in names if not self._tradable(name)), None)
        if not names:
            self.complaints["symbols"] = "at least one"
        elif twice:
            self.complaints["symbols"] = f"{twice} is named twice"
        elif unknown:
            self.complaints["symbols"] = f"no equity {unknown[:12]}"
        return names

    def _tradable(self, name: str) -> bool:
        """An equity that is listed, or what a strategy trades already; anything where none is listed."""
        store = self._desk.store
        if any(name in one.symbols for one in store.strategies):
            return True
        instrument = store.instruments.get(name)
        if instrument is not None:
            return instrument.kind in ("equity", "")
        return not any(one.kind == "equity" for one in store.instruments)

    def _resolution(self) -> str:
        text = self._entry.resolution.strip()
        if text not in (*TIMEFRAMES, known(self._strategy, self._desk).resolution):
            self.complaints["resolution"] = f"one of {' '.join(TIMEFRAMES)}"
        return text

    def _real(self) -> bool:
        text = self._entry.real_trading.strip().lower()
        wires = self._desk.wires
        if text not in ("yes", "no"):
            self.complaints["real_trading"] = "yes or no?"
        elif text == "yes" and (wires is None or wires.is_paper(self._strategy.link)):
            self.complaints["real_trading"] = "this link is a simulator"
        return text == "yes"

    def _checked(self, name: str, rule: Callable[[Decimal, str], str]) -> Decimal | None:
        """Read a number; `rule` says what is wrong with it, or nothing."""
        text = numbers.ungrouped(getattr(self._entry, name)).strip("$")
        try:
            number = Decimal(text.removesuffix("%").strip())
        except InvalidOperation:
            self.complaints[name] = "not a number" if text else "how much?"
            return None
        if not number.is_finite():
            self.complaints[name] = "not a number"
            return None
        if complaint := rule(number, text):
            self.complaints[name] = complaint
        return number / 100 if text.endswith("%") else number

    @staticmethod
    def _value(number: Decimal, text: str) -> str:
        if text.endswith("%"):
            return "an amount of money"
        return "" if 0 < number <= MOST_VALUE else f"above 0, at most {MOST_VALUE:,}"

    @staticmethod
    def _orders(number: Decimal, text: str) -> str:
        whole = number == number.to_integral_value() and not text.endswith("%")
        return "" if whole and 1 <= number <= MOST_ORDERS else f"a whole number, 1 to {MOST_ORDERS}"

    @staticmethod
    def _loss(number: Decimal, text: str) -> str:
        """A bare number of one or more is no fraction: whether it means percent is not guessed."""
        fraction = number / 100 if text.endswith("%") else number
        return "" if 0 < fraction < 1 else "such as 2%, or 0.02"


def terms(command: StartStrategy) -> tuple[str, ...]:
    """What a strategy will be bound by, in words."""
    lines = [f"symbols {', '.join(command.symbols)}" if command.symbols else "symbols as it has them"]
    if command.resolution:
        lines[0] += f", bars of {command.resolution}"
    if command.max_position_value is not None:
        lines.append(f"position at most {numbers.fixed(float(command.max_position_value), 0)}")
    if command.max_orders_per_minute is not None:
        lines.append(f"at most {command.max_orders_per_minute} orders a minute")
    if command.stop_loss_percentage is not None:
        lines.append(f"stop loss {plain(float(command.stop_loss_percentage) * 100):f}%")
    if command.real_trading:
        lines.append("REAL TRADING: with real money")
    return tuple(lines)


def resumption(strategy: Strategy, desk: Desk) -> StartStrategy:
    """The command that lets a paused strategy go on as it was: what is known of its config, nothing else."""
    config = known(strategy, desk)
    value, loss = config.max_position_value, config.stop_loss
    return StartStrategy(
        link=strategy.link,
        strategy_id=strategy.id,
        symbols=config.symbols,
        resolution=config.resolution,
        real_trading=bool(config.real_trading),
        max_position_value=None if value is None else plain(value),
        max_orders_per_minute=config.max_orders_per_minute,
        stop_loss_percentage=None if loss is None else plain(loss),
    )
