"""Open positions of all accounts with their running result."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.model.commands import ClosePosition
from tui_trader.model.matters import Matter
from tui_trader.model.values import Instrument, Position, Side
from tui_trader.panes.position_keys import WORDS, PositionKeys
from tui_trader.panes.table import Column, TablePane

if TYPE_CHECKING:
    from tui_trader.desk import Desk

INK_OF_SIDE = {Side.BUY: "bid", Side.SELL: "ask"}


def ink_of_result(value: float | None) -> str:
    """Ink of a profit or loss."""
    if value is None or not round(value, 2):
        return "muted"
    return "up" if value > 0 else "down"


def trailing_mark(side: Side) -> str:
    """Beside a stop that follows the price: which way it moves."""
    return "↗" if side is Side.BUY else "↘"


class PositionsPane(TablePane[Position]):
    """Positions; armed keys close, halve, reverse and protect the one under the cursor."""

    KEY = "positions"
    TITLE = "Positions"
    CONTEXTS: ClassVar[tuple[str, ...]] = ("table", "positions")
    EMPTY = "no open position"
    MATTER = Matter.POSITIONS

    def __init__(self, desk: Desk) -> None:
        self.keys = PositionKeys(desk)
        self.moved = "stop_loss"
        """Which protection the arrow keys move."""
        super().__init__(desk)

    def columns(self) -> Sequence[Column[Position]]:
        """Symbol, side, quantity and result stay to the end."""
        return (
            Column("Symbol", lambda row, now: (short_symbol(row.symbol), "strong"), right=False),
            Column("Side", self._side, right=False, minimum=5),
            Column("Quantity", lambda row, now: (numbers.quantity(row.quantity), "text"), brief="Qty"),
            Column("Entry", lambda row, now: self._price(row, row.entry_price), 1),
            Column("Mark", self._mark, 2),
            Column("P&L", self._result, minimum=8),
            Column("", lambda row, now: (self._currency(row), "muted"), 5, right=False, minimum=4),
            Column("P&L %", self._percent, 3, minimum=6),
            Column("Stop loss", lambda row, now: self._protection(row, "stop_loss"), 4, brief="SL"),
            Column("Take profit", lambda row, now: self._protection(row, "take_profit"), 4, brief="TP"),
            Column("Trailing", lambda row, now: self._trailing(row), 8),
            Column("Liquidation", lambda row, now: self._price(row, row.liquidation_price), 7, brief="Liq"),
            Column("Swap", lambda row, now: (numbers.signed(row.swap), "muted"), 8),
            Column("Account", lambda row, now: (row.link, "muted"), 6, right=False),
            Column("Id", lambda row, now: (row.id, "faint"), 9),
        )

    def revision(self) -> object:
        """Positions and what describes their instruments."""
        return (self.store.positions.revision, self.store.instruments.revision, len(self.store.accounts))

    def count(self) -> int | None:
        """Open positions."""
        return len(self.store.positions)

    def caption(self, now: float) -> str:
        """The result by account."""
        totals: dict[tuple[str, str], float] = {}
        for position in self.store.positions:
            account = (position.link, self._currency(position))
            totals[account] = totals.get(account, 0.0) + (position.unrealised or 0.0)
        texts = [f"{link} {numbers.signed(total)} {money}" for (link, money), total in totals.items()]
        return "  ".join(texts)

    def sources(self) -> tuple[str, ...]:
        """Links that hold the listed positions."""
        return tuple({position.link for position in self.store.positions})

    def arrived(self) -> float | None:
        """The oldest price that a result here is reckoned by."""
        quotes = (self.store.quotes.get(one.symbol) for one in self.store.positions)
        return min((quote.arrived for quote in quotes if quote is not None), default=None)

    def is_stale(self, now: float) -> bool:
        """True without its links only: an old price dims its row, and what it lost can still be closed."""
        return any(not self.store.links.ready(link) for link in self.sources())

    def rows(self) -> Sequence[Position]:
        """As they were opened."""
        return list(self.store.positions)

    def identity(self, row: Position) -> Hashable:
        """Link and id."""
        return (row.link, row.id)

    def action_close(self) -> None:
        """Close the position under the cursor: reduces risk, so the armed key is enough."""
        row = self.current
        if row is not None:
            reference = self.desk.reference()
            self.desk.console.submit(ClosePosition(link=row.link, position_id=row.id, reference=reference))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Digits close a part only while the pane is armed."""
        return self.armed_since is not None if action == "part" else True

    def action_part(self, percent: int) -> None:
        """Close a share of the position under the cursor."""
        row = self.current
        if row is not None and self._press_counts():
            self.keys.close_part(row, percent)

    def action_reverse(self) -> None:
        """Turn the position under the cursor round, after a question."""
        row = self.current
        if row is not None:
            self.keys.reverse(row)

    def action_break_even(self) -> None:
        """Put its stop loss where it was entered."""
        row = self.current
        if row is not None:
            self.keys.break_even(row)
            self.touch()

    def action_follow(self) -> None:
        """Let its stop loss follow the price, or stay where it is."""
        row = self.current
        if row is not None:
            self.keys.follow(row)
            self.touch()

    def action_edit(self) -> None:
        """Type its stop loss, take profit and trailing distance."""
        row = self.current
        if row is not None:
            self.keys.edit(row)

    def action_which(self) -> None:
        """Let the arrow keys move the other protection."""
        self.moved = "take_profit" if self.moved == "stop_loss" else "stop_loss"
        self.desk.console.report(f"Shift and the arrows now move the {WORDS[self.moved].lower()}.")
        self.touch()

    def title_ink(self, place: int) -> str:
        """What the arrow keys move stands out while they do."""
        moves = self.armed_since is not None and self._columns[place].title == WORDS[self.moved]
        return "bold armed" if moves else "muted"

    def action_shift(self, steps: int) -> None:
        """Move the protection of the position under the cursor; repeats count."""
        row = self.current
        if self.armed_since is None or self.is_stale(self.desk.clock()):
            self._press_counts()
        elif row is not None:
            self.keys.shift(row, self.moved, steps)
            self.touch()

    def chosen(self, *, again: bool) -> None:
        """A second click looks at the instrument."""
        row = self.current
        if again and row is not None:
            self.desk.console.look_at(row.symbol)

    def _instrument(self, row: Position) -> Instrument:
        return self.store.instruments.describe(row.symbol)

    def _currency(self, row: Position) -> str:
        account = self.store.accounts.get(row.link)
        return row.currency or (account.currency if account else "")

    def _price(self, row: Position, value: float | None) -> tuple[str, str]:
        text = numbers.price(value, self._instrument(row).price_digits)
        return text, "faint" if value is None else "text"

    def _protection(self, row: Position, name: str) -> tuple[str, str]:
        level = self.keys.level(row, name)
        text, ink = self._price(row, level)
        if name == "stop_loss" and row.trailing:
            text += trailing_mark(row.side)
        if level == getattr(row, name):
            return text, ink
        self.wake_at(self.desk.clock() + 1.0)
        return text, "pending"

    def _trailing(self, row: Position) -> tuple[str, str]:
        return self._price(row, row.trailing)

    def _side(self, row: Position, now: float) -> tuple[str, str]:
        return "long" if row.side is Side.BUY else "short", INK_OF_SIDE[row.side]

    def _mark_price(self, row: Position) -> float | None:
        quote = self.store.quotes.get(row.symbol)
        if row.mark_price is None and quote is not None:
            return quote.bid if row.side is Side.BUY else quote.ask
        return row.mark_price

    def _mark(self, row: Position, now: float) -> tuple[str, str]:
        text, ink = self._price(row, self._mark_price(row))
        return text, self._live(row, now, ink)

    def _live(self, row: Position, now: float, ink: str) -> str:
        """Dim what an old price says."""
        quote = self.store.quotes.get(row.symbol)
        if quote is None or not self.store.stale(row.symbol, now):
            return ink
        return "stale"

    def _result(self, row: Position, now: float) -> tuple[str, str]:
        return numbers.signed(row.unrealised), self._live(row, now, f"bold {ink_of_result(row.unrealised)}")

    def _percent(self, row: Position, now: float) -> tuple[str, str]:
        """The link's own figure; without one, how far the price went from the entry."""
        percent, mark = row.unrealised_percent, self._mark_price(row)
        if percent is None and mark is not None and row.entry_price:
            percent = 100 * row.side.sign * (mark / row.entry_price - 1)
        return numbers.percent(percent), self._live(row, now, ink_of_result(percent))
