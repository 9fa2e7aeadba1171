"""One strategy by itself: what bounds it, what it holds and earned, its signals and trades."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from tui_trader.commands.strategy_form import known, plain
from tui_trader.drawing.canvas import Cell, Line, width_of
from tui_trader.formatting import numbers
from tui_trader.formatting.gauges import Gauge
from tui_trader.formatting.symbols import short_symbol
from tui_trader.formatting.times import clock
from tui_trader.model.matters import Matter
from tui_trader.model.values import Deal, Side, Signal, Strategy
from tui_trader.panes.outcome_words import brief
from tui_trader.panes.pane import said
from tui_trader.panes.strategies import STATES, marked, rate, watched
from tui_trader.panes.table import Column, TablePane
from tui_trader.store.executions import LEAST
from tui_trader.store.outcomes import outcome

if TYPE_CHECKING:
    from tui_trader.desk import Desk

HEAD = 3
GAUGE = 10
_DIRECTIONS = {"long": ("buy", "bid"), "short": ("sell", "ask"), "neutral": ("none", "muted")}


class Happening(Struct, frozen=True):
    """A signal of the strategy, or a trade."""

    signal: Signal | None = None
    deal: Deal | None = None

    @property
    def time_ms(self) -> int:
        """When it was, epoch milliseconds; 0 for a time nobody told."""
        told = self.signal.time_ms if self.signal else self.deal.time_ms if self.deal else None
        return told or 0


class StrategyPane(TablePane[Happening]):
    """Three lines on the strategy, and its signals and trades, newest first."""

    KEY = "strategy"
    TITLE = "Strategy"
    EMPTY = "no signal and no trade of it since the console joined"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._open: set[str] = set()
        """Ids of signals whose orders are still open: their result moves."""

    @property
    def strategy(self) -> Strategy | None:
        """The one that was chosen last, or the first."""
        wanted = self.store.selection.strategy
        chosen = None if wanted is None else self.store.strategies.get(*wanted)
        return chosen or next(iter(self.store.strategies), None)

    def columns(self) -> Sequence[Column[Happening]]:
        """What, symbol, side, quantity and price stay to the end."""
        return (
            Column("Time", lambda row, now: (clock(row.time_ms or None), "muted"), 2, right=False, minimum=8),
            Column("What", self._what, right=False, minimum=6),
            Column("Symbol", self._symbol, right=False, minimum=5),
            Column("Side", self._side, right=False, minimum=4),
            Column("Quantity", self._quantity),
            Column("Price", self._price),
            Column("Conf", self._confidence, 3),
            Column("What became of it", self._became, 1, right=False, grows=True, minimum=14),
        )

    def caption(self, now: float) -> str:
        """Its name."""
        strategy = self.strategy
        return strategy.name if strategy else ""

    def sources(self) -> tuple[str, ...]:
        """The strategy's link."""
        return (self.strategy.link,) if self.strategy else ()

    def revision(self) -> object:
        """The strategy and all that comes of it; what moves with the market is drawn once a second."""
        store = self.store
        parts = (store.strategies, store.signals, store.deals, store.risk)
        return (store.selection.strategy, *(part.revision for part in parts))

    def rows(self) -> Sequence[Happening]:
        """Signals and trades of the strategy, newest first; of one moment, the signal is the older."""
        strategy = self.strategy
        if strategy is None:
            return []
        signals = [
            Happening(signal=one)
            for one in self.store.signals
            if (one.link, one.strategy_id) == (strategy.link, strategy.id)
        ]
        deals = [
            Happening(deal=one)
            for one in self.store.deals
            if (one.link, one.strategy) == (strategy.link, strategy.id)
        ]
        return sorted([*signals, *deals], key=lambda one: one.time_ms)[::-1]

    def identity(self, row: Happening) -> Hashable:
        """Which of the two, and its id."""
        return ("signal", row.signal.id) if row.signal else ("trade", row.deal.id if row.deal else "")

    def version(self, row: Happening, now: float) -> Hashable:
        """What is still open of a signal moves with the market: once a second is enough for that."""
        moving = row.signal is not None and row.signal.id in self._open
        return (int(now) if moving else 0, self.store.signals.revision, self.store.deals.revision)

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """The head, where there is room for it and some rows, and the list."""
        strategy = self.strategy
        if strategy is None:
            return said(self.desk.shortfall.of(Matter.STRATEGIES) or "no strategies yet", width)
        self.wake_at(now + 1)
        head = self._head(strategy, width)[: max(1, min(HEAD, height - 3))]
        return head + super().body(width, height - len(head), now)

    def clicked(self, x: int, y: int) -> None:
        """A click under the head puts the cursor on a row."""
        if y >= HEAD:
            super().clicked(x, y - HEAD)

    def _head(self, strategy: Strategy, width: int) -> list[Line]:
        state, ink = STATES.get(strategy.status, (f"? {strategy.status.lower()}", "unknown"))
        config = known(strategy, self.desk)
        bars = f"  bars of {config.resolution}" if config.resolution else ""
        first: Line = (
            "pane",
            (
                (f" {state}", f"bold {ink}", ""),
                (f"  {' '.join(strategy.symbols)}{bars}", "text", ""),
                ("  REAL TRADING" if config.real_trading else "", "bold live", ""),
            ),
        )
        return [first, ("pane", self._bounds(strategy)), ("pane", self._result(strategy, width))]

    def _bounds(self, strategy: Strategy) -> tuple[Cell, ...]:
        sent, most = rate(strategy, self.desk)
        config = known(strategy, self.desk)
        gauge = Gauge("", "", "", sent / most if sent is not None and most else None)
        used, rest = gauge.bar(GAUGE)
        count = f"{numbers.NONE if sent is None else sent}/{numbers.NONE if most is None else most}"
        value = config.max_position_value
        loss = config.stop_loss
        position = numbers.NONE if value is None else numbers.fixed(value, 0)
        stop = numbers.NONE if loss is None else f"{plain(loss * 100):f}%"
        return (
            (f" orders a minute {count} {gauge.mark} ", "text", ""),
            (used, gauge.ink, ""),
            (rest, "faint", ""),
            ("  position at most ", "muted", ""),
            (position, "text", ""),
            ("  stop loss ", "muted", ""),
            (stop, "text", ""),
        )

    def _result(self, strategy: Strategy, width: int) -> tuple[Cell, ...]:
        """Results first: what it holds is only counted where there is no room to name it."""
        seen = watched(strategy, self.desk)
        total: Cell = ("not known", "faint", "")
        if seen is not None:
            total = (numbers.signed(seen.pnl), ink_of(seen.pnl), "")
        first: tuple[Cell, ...] = ((" P&L in all ", "muted", ""), total)
        if not strategy.positions:
            return (*first, ("  holds ", "muted", ""), ("nothing", "text", ""))
        value, result = marked(strategy, self.desk)
        first = (*first, ("  open ", "muted", ""), (numbers.signed(result), ink_of(result), ""))
        worth: tuple[Cell, ...] = (("  worth ", "muted", ""), (numbers.fixed(value, 0), "text", ""))
        named = ", ".join(f"{numbers.quantity(one.quantity)} {one.symbol}" for one in strategy.positions)
        counted = f"{len(strategy.positions)} positions"
        held: tuple[Cell, ...] = ()
        for held in ((*worth, _holding(named)), (*worth, _holding(counted)), (_holding(counted),)):
            if sum(width_of(text) for text, _, _ in (*first, *held)) <= width:
                break
        return (*first, *held)

    def _what(self, row: Happening, now: float) -> tuple[str, str]:
        return ("signal", "focus") if row.signal else ("trade", "strong")

    def _symbol(self, row: Happening, now: float) -> tuple[str, str]:
        symbol = row.signal.symbol if row.signal else row.deal.symbol if row.deal else ""
        return short_symbol(symbol), "text"

    def _side(self, row: Happening, now: float) -> tuple[str, str]:
        if row.signal:
            return _DIRECTIONS.get(row.signal.direction, (row.signal.direction, "text"))
        side = row.deal.side if row.deal else Side.BUY
        return side.value, "bid" if side is Side.BUY else "ask"

    def _quantity(self, row: Happening, now: float) -> tuple[str, str]:
        quantity = row.signal.quantity if row.signal else row.deal.quantity if row.deal else None
        return numbers.quantity(quantity), "text"

    def _price(self, row: Happening, now: float) -> tuple[str, str]:
        one = row.signal or row.deal
        if one is None:
            return numbers.NONE, "faint"
        return numbers.price(one.price, self.store.instruments.describe(one.symbol).price_digits), "text"

    def _confidence(self, row: Happening, now: float) -> tuple[str, str]:
        return (f"{row.signal.confidence * 100:.0f}%", "text") if row.signal else ("", "text")

    def _became(self, row: Happening, now: float) -> tuple[str, str]:
        if row.signal:
            found = outcome(row.signal, self.store)
            is_open = any(trail.remaining > LEAST for trail in found.trails)
            (self._open.add if is_open else self._open.discard)(row.signal.id)
            return brief(found), "muted"
        return (f"order {row.deal.order_id}", "faint") if row.deal else ("", "faint")


def _holding(text: str) -> Cell:
    return (f"  holds {text}", "text", "")


def ink_of(result: float | None) -> str:
    """Ink of a result."""
    return "text" if not result else "up" if result > 0 else "down"
