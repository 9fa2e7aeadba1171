"""The kill switch: a typed word throws it, its report appears line by line, another word releases it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui_trader.dialogs.dialog import BLANK, ENTER, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Canvas, Cell, Line, fit
from tui_trader.keys import bindings
from tui_trader.model.commands import Command, EngageKillSwitch, ReleaseKillSwitch
from tui_trader.model.errors import CommandError

if TYPE_CHECKING:
    from tui_trader.desk import Desk

ENGAGE, RELEASE = "KILL", "RELEASE"
REASON = "typed at the console"
LABEL = 24
WIDTH = 74
_REMAINS, _NOT_YET = " !", "NOT"


class ReportSheet(Canvas):
    """What it will do, then what it did."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="report")
        self.problem = ""

    def shown(self) -> object:
        """The switch, and what it would act on."""
        store = self.store
        parts = (store.risk, store.positions, store.orders, store.strategies, store.bots)
        return (self.problem, *(part.revision for part in parts))

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """What is told now."""
        return self.told(width)

    def told(self, width: int) -> list[Line]:
        """The report once there is one, before it the consequences; what went wrong last."""
        risk = self.store.risk
        lines = [BLANK, *(self._report(width) if risk.report or risk.engaged else self._consequences())]
        if risk.asked_at is not None and not risk.report:
            lines += [BLANK, ("pane", (("  ◌ sent; waiting for its report", "pending", ""),))]
        if self.problem:
            lines += [BLANK, ("pane", ((f"  ✕ {self.problem}", "bold alarm", ""),))]
        return [*lines, BLANK]

    def _consequences(self) -> list[Line]:
        store = self.store
        active = sum(one.status == "ACTIVE" for one in store.strategies)
        running = sum(view.bot.status == "RUNNING" for view in store.bots)
        rows = (
            ("pauses", f"every strategy and bot; active here: {active} and {running}"),
            ("cancels", f"every working order; known here: {len(list(store.orders.active))}"),
            ("closes", f"every open position; known here: {len(store.positions)}"),
            ("refuses", "every new order until it is released"),
            ("verifies", "that nothing is left, and says so line by line"),
        )
        return [("pane", ((f"  {name:<10}", "bold strong", ""), (text, "text", ""))) for name, text in rows]

    def _report(self, width: int) -> list[Line]:
        risk = self.store.risk
        if not risk.report:
            text = "It was engaged before this console could see its report."
            return [("pane", ((f"  ■ {text}", "caution", ""),))]
        return [("pane", self._told(line, width)) for line in risk.report]

    def _called(self, word: str) -> str:
        """A strategy's name for its id; anything else as it is."""
        found = None if word.isdecimal() else self.store.strategies.find(word)
        return found.name if found and found.name else word

    def _told(self, line: str, width: int) -> tuple[Cell, ...]:
        name, _, value = line.partition(": ")
        remains = value.endswith(_REMAINS) or name.startswith(_NOT_YET)
        waiting = remains and not self.store.risk.verified
        mark, ink = ("◌", "pending") if waiting else ("✕", "alarm") if remains else ("✓", "ok")
        value = value.removesuffix(_REMAINS)
        text = fit(", ".join(map(self._called, value.split(", "))), width - LABEL - 5).rstrip()
        return ((f"  {mark} ", f"bold {ink}", ""), (f"{name:<{LABEL}} ", "muted", ""), (text, "text", ""))


class KillSwitchDialog(Dialog[None]):
    """Stays open while the switch works; its word is typed, never guessed."""

    CSS_PATH = "kill_switch.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("kill")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._heading = Sheet(desk, [BLANK])
        self._report = ReportSheet(desk)
        self._prompt = Sheet(desk, [BLANK])
        self._wrong = Sheet(desk, [BLANK], id="wrong")
        self._foot = Sheet(desk, [BLANK])
        self._seen: object = None

    def compose(self) -> ComposeResult:
        """State, report, word, keys."""
        with Vertical(id="kill"):
            yield self._heading
            yield self._report
            with Horizontal(classes="word"):
                yield self._prompt
                yield Input("", id="word", compact=True, max_length=len(RELEASE))
                yield self._wrong
            yield Sheet(self.desk, [BLANK])
            yield self._foot

    def on_mount(self) -> None:
        """The word is what one types first."""
        self._follow()
        self.query_one("#word").focus()

    @property
    def word(self) -> str:
        """What must be typed now."""
        return RELEASE if self.desk.store.risk.engaged else ENGAGE

    def tick(self) -> None:
        """Follow the switch; called by the frame clock."""
        risk = self.desk.store.risk
        if self._seen != (risk.engaged, risk.verified, len(self._report.told(WIDTH))):
            self._follow()

    def _follow(self) -> None:
        risk = self.desk.store.risk
        tall = len(self._report.told(WIDTH))
        self._seen = (risk.engaged, risk.verified, tall)
        self._report.styles.height = tall
        state = "not engaged"
        if risk.engaged:
            state = "ENGAGED, verified: nothing is left" if risk.verified else "ENGAGED"
        deed = "allow orders again" if risk.engaged else "stop everything"
        self._heading.put([heading("Kill switch", state)])
        prompt: tuple[Cell, ...] = ((f"  type {self.word} to {deed}", "bold strong", ""),)
        self._prompt.styles.width = 8 + len(self.word) + len(" to ") + len(deed) + 2
        self._prompt.put([("pane", prompt)])
        self._foot.put(
            [hints((ENTER, "release" if risk.engaged else "engage"), (self.key("kill.close"), "close"))]
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing on takes a complaint back."""
        self._wrong.put([BLANK])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do it if the word is the word."""
        event.stop()
        if event.value.strip().upper() != self.word:
            self._wrong.put([("pane", ((f" ◂ the word is {self.word}", "caution", ""),))])
            return
        event.input.value = ""
        self._report.problem = self._send()

    def _send(self) -> str:
        """Send to every link that has such a switch; say what went wrong."""
        engaged = self.desk.store.risk.engaged
        kind: type[Command] = ReleaseKillSwitch if engaged else EngageKillSwitch
        links = [link for link in self.desk.names if self.desk.can(link, kind)]
        if not links:
            return "No link leads to a kill switch; `flatten all` closes what is known here."
        problem = ""
        for link in links:
            try:
                if engaged:
                    self.desk.send(ReleaseKillSwitch(link=link))
                else:
                    self.desk.send(EngageKillSwitch(link=link, reason=REASON))
            except CommandError as error:
                problem = f"Not sent: {error}"
        return problem
