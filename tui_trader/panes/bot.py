"""The bot: status, mode, result, strategies, the countdown to its next signal; keys work once armed."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap

from tui_trader.drawing.canvas import Cell, Line, fit
from tui_trader.formatting import numbers
from tui_trader.formatting.times import clock, duration
from tui_trader.model.commands import ControlBot
from tui_trader.model.matters import Matter
from tui_trader.model.values import Bot
from tui_trader.panes.pane import Pane, said
from tui_trader.store.bots import BotView

_STATES = {
    "RUNNING": ("● RUNNING", "ok"),
    "PAUSED": ("‖ PAUSED", "pending"),
    "STOPPED": ("■ STOPPED", "muted"),
    "ERROR": ("▲ ERROR", "alarm"),
}
LABEL = 12


class BotPane(Pane):
    """Status of the first bot of all links."""

    KEY = "bot"
    TITLE = "Bot"
    CONTEXTS = ("bot",)

    @property
    def view(self) -> BotView | None:
        """The bot that is shown."""
        return next(iter(self.store.bots), None)

    def revision(self) -> object:
        """The bot's status."""
        return self.store.bots.revision

    def sources(self) -> tuple[str, ...]:
        """The bot's link."""
        return (self.view.bot.link,) if self.view else ()

    def caption(self, now: float) -> str:
        """Paper or live, as the bot says."""
        return self.view.bot.mode.replace("_", " ").lower() if self.view else ""

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """One fact a line, in two columns where the pane is low and wide."""
        view = self.view
        if view is None:
            return said(self.desk.shortfall.of(Matter.BOT) or "no bot status yet", width)
        self.wake_at(now + 1)
        facts = self._facts(view, now, self._countdown(view.bot, now))
        whole = [line for fact in facts for line in self._fact(*fact, width)]
        if height >= len(whole) or width < 60:
            return [("pane", line) for line in whole]
        half = (len(facts) + 1) // 2
        middle = width // 2
        left = [line for fact in facts[:half] for line in self._fact(*fact, middle)]
        right = [line for fact in facts[half:] for line in self._fact(*fact, width - middle)]
        blank = self._fact("", "", "text", middle)[0]
        return [("pane", (*one, *two)) for one, two in zip_longest(left, right, fillvalue=blank)]

    @staticmethod
    def _fact(name: str, text: str, ink: str, width: int) -> list[tuple[Cell, ...]]:
        """A name and what is said of it, on as many lines as that takes."""
        room = max(8, width - LABEL - 1)
        parts = wrap(text, room) or [""]
        return [
            ((f" {'' if place else name:<{LABEL}}", "muted", ""), (fit(part, room), ink, ""))
            for place, part in enumerate(parts)
        ]

    def _countdown(self, bot: Bot, now: float) -> str:
        """Time to the next signal by the server's clock, as the latest quote told it."""
        quotes = self.store.quotes
        if bot.next_signal_ms is None or quotes.server_ms is None or bot.status != "RUNNING":
            return numbers.NONE
        present = quotes.server_ms + (now - quotes.newest) * 1_000
        return f"in {duration(max(0.0, bot.next_signal_ms - present) / 1_000)}"

    @staticmethod
    def _facts(view: BotView, now: float, countdown: str) -> list[tuple[str, str, str]]:
        bot = view.bot
        passed = now - view.arrived
        status, ink = _STATES.get(bot.status, (f"? {bot.status}", "unknown"))
        result = "up" if bot.pnl > 0 else "down" if bot.pnl < 0 else "text"
        running = bot.uptime_seconds + (int(passed) if bot.status == "RUNNING" else 0)
        if bot.status != "STOPPED":
            status += f", up {duration(running)}"
        latest = "" if bot.last_signal_ms is None else f", last {clock(bot.last_signal_ms)}"
        return [
            ("status", status, f"bold {ink}"),
            ("balance", numbers.fixed(bot.balance), "strong"),
            ("P&L", f"{numbers.signed(bot.pnl)}  {numbers.percent(bot.pnl_percent, 3)}", result),
            ("positions", str(bot.positions), "text"),
            ("next signal", f"{countdown}{latest}", "text"),
            ("trades by", ", ".join(name.removesuffix(" Strategy") for name in bot.strategies), "muted"),
        ]

    def action_start(self) -> None:
        """Start the bot; asks first, since it will trade."""
        if self.view and self.view.bot.status == "RUNNING":
            self.desk.console.report("The bot is running already.")
        elif self.view:
            bot = self.view.bot
            command = ControlBot(link=bot.link, command="START")
            mode = bot.mode.replace("_", " ").lower()
            self.desk.console.confirm("Start the bot?", command, details=(mode,))

    def action_pause(self) -> None:
        """Pause the bot."""
        self._control("PAUSE")

    def action_stop(self) -> None:
        """Stop the bot."""
        self._control("STOP")

    def _control(self, command: str) -> None:
        if self.view:
            self.desk.console.submit(ControlBot(link=self.view.bot.link, command=command))
