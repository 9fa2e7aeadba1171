"""Asks about a strategy's open positions when it stops. Only what its backend can do is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_trader.dialogs.dialog import BLANK, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Line
from tui_trader.formatting import numbers
from tui_trader.keys import bindings
from tui_trader.model.commands import StopStrategy

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.model.values import Strategy, StrategyPosition


class StopDialog(Dialog[StopStrategy | None]):
    """The result is the command, or None when it is not to stop."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("stopping")]

    def __init__(self, desk: Desk, strategy: Strategy) -> None:
        super().__init__(desk)
        self._strategy = strategy
        self._can_close = desk.store.strategies.closes_positions(strategy.link)

    def compose(self) -> ComposeResult:
        """What it holds, and the ways to go."""
        strategy = self._strategy
        lines: list[Line] = [heading(f"Stop {strategy.name}: what about its open positions?"), BLANK]
        lines += [self._position(one) for one in strategy.positions]
        if not strategy.positions:
            lines.append(
                ("pane", (("  It traded a moment ago; what it holds is not listed yet.", "caution", ""),))
            )
        lines.append(BLANK)
        name = self.desk.keymap.first
        ways = [
            (name("stopping.keep"), "keep them", "They stay open; the strategy no longer looks after them."),
            (name("stopping.leave"), "do not stop", "Everything goes on as it is."),
        ]
        if self._can_close:
            ways.insert(1, (name("stopping.close"), "close them", "They are sold at the market, at once."))
        for key, way, meaning in ways:
            lines.append(
                (
                    "pane",
                    ((f"  {key:<4}", "focus", ""), (f"{way:<13}", "bold text", ""), (meaning, "muted", "")),
                )
            )
        if not self._can_close:
            lines += [
                BLANK,
                ("pane", (("  This backend cannot close them: it offers no way", "caution", ""),)),
            ]
            lines.append(
                ("pane", (("  to ask for it. They would have to be sold elsewhere.", "caution", ""),))
            )
        lines += [BLANK, hints(*((key, way) for key, way, _ in ways))]
        yield Sheet(self.desk, lines, id="stopping")

    def _position(self, one: StrategyPosition) -> Line:
        quote = self.desk.store.quotes.get(one.symbol)
        worth = one.value if quote is None or quote.price is None else quote.price * one.quantity
        result = None if worth is None else worth - one.entry_price * one.quantity
        side = "long" if one.quantity > 0 else "short"
        text = f"  {one.symbol:<10} {side} {numbers.quantity(abs(one.quantity)):>8}"
        ink = "text" if not result else "up" if result > 0 else "down"
        return (
            "pane",
            (
                (text, "text", ""),
                (f"  worth {numbers.fixed(worth)}", "muted", ""),
                (f"   {numbers.signed(result)}", ink, ""),
            ),
        )

    def action_keep(self) -> None:
        """Stop, and leave what it holds."""
        self._answer(close_positions=False)

    def action_close(self) -> None:
        """Stop, and have what it holds closed, where that can be asked for."""
        if self._can_close:
            self._answer(close_positions=True)

    def _answer(self, *, close_positions: bool) -> None:
        if self.settled:
            strategy = self._strategy
            self.dismiss(
                StopStrategy(link=strategy.link, strategy_id=strategy.id, close_positions=close_positions)
            )
