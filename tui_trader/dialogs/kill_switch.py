"""The kill switch: a typed word throws it, its report appears line by line, another word releases it."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui_trader.dialogs.dialog import BLANK, ENTER, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Canvas, Cell, Line
from tui_trader.halting import FAILED, REMAINS
from tui_trader.keys import bindings
from tui_trader.model.commands import EngageKillSwitch, ReleaseKillSwitch
from tui_trader.model.errors import CommandError

if TYPE_CHECKING:
    from tui_trader.desk import Desk

ENGAGE, RELEASE = "KILL", "RELEASE"
REASON = "typed at the console"
LABEL = 24
GOES_ON = "    "
"""Where a line of the report has its mark, what goes on below it has none."""
ROUND_IT = 7
"""Lines of the dialog around its report, and of the screen around the dialog."""
WIDTH = 74
_NOT_YET = "NOT"
SILENT_SECONDS = 10.0
"""A guardian that says nothing for so long is not waited for: the console stops everything itself."""


class ReportSheet(Canvas):
    """What it will do, then what it did."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="report")
        self.problem = ""

    def shown(self) -> object:
        """The switch, and what it would act on."""
        store = self.store
        parts = (
            store.risk, store.positions, store.orders, store.strategies, store.bots, store.links,
            self.desk.halting,
        )  # fmt: skip
        return (self.problem, *(part.revision for part in parts))

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """What is told now."""
        return self.told(width)

    def told(self, width: int) -> list[Line]:
        """The report once there is one, before it the consequences; what went wrong last."""
        risk = self.store.risk
        lines = [BLANK]
        if risk.report or risk.engaged:
            lines += self._report(width)
        if self.desk.halting.engaged:
            verified = self.desk.halting.verified
            lines += [line for one in self.desk.halting.report() for line in self._told(one, width, verified)]
        elif len(lines) == 1:
            lines += self._consequences()
        if risk.asked_at is not None and not risk.report:
            lines += [BLANK, ("pane", (("  ◌ sent; waiting for its report", "pending", ""),))]
        if self.problem:
            lines += [BLANK, ("pane", ((f"  ✕ {self.problem}", "bold alarm", ""),))]
        return [*self._fitting(lines), BLANK]

    def _fitting(self, lines: list[Line]) -> list[Line]:
        """On a low screen what is done gives way to what is left; the last line says how it stands."""
        room = max(6, self.app.size.height - ROUND_IT)
        done = [line for line in lines[2:-1] if line[1] and "✓" in line[1][0][0]]
        while len(lines) > room and done:
            place = lines.index(done.pop(0))
            del lines[place]
            while place < len(lines) - 1 and lines[place][1] and lines[place][1][0][0].startswith(GOES_ON):
                del lines[place]
        if len(lines) > room:
            more = f"  … {len(lines) - room + 1} more lines; a higher screen shows them"
            lines[room - 2 : -1] = [("pane", ((more, "caution", ""),))]
        return lines

    def _consequences(self) -> list[Line]:
        store = self.store
        active = sum(one.status == "ACTIVE" for one in store.strategies)
        running = sum(view.bot.status == "RUNNING" for view in store.bots)
        halting = self.desk.halting
        unguarded = halting.unguarded()
        by = "the guardian on every account"
        if unguarded:
            by = "the console itself: no guardian answers"
            if halting.guardians():
                by = f"the guardian, and the console itself on {', '.join(unguarded)}"
        rows = (
            ("by", by),
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
        return [line for one in risk.report for line in self._told(one, width, risk.verified)]

    def _called(self, word: str) -> str:
        """A strategy's name for its id; anything else as it is."""
        found = None if word.isdecimal() else self.store.strategies.find(word)
        return found.name if found and found.name else word

    def _told(self, line: str, width: int, verified: bool) -> list[Line]:
        """A line of the report; a long one goes on below itself."""
        name, _, value = line.partition(": ")
        failed = value.endswith(FAILED)
        remains = failed or value.endswith(REMAINS) or name.startswith(_NOT_YET)
        waiting = remains and not verified and not failed
        mark, ink = ("◌", "pending") if waiting else ("✕", "alarm") if remains else ("✓", "ok")
        value = value.removesuffix(FAILED if failed else REMAINS)
        value = ", ".join(map(self._called, value.split(", ")))
        first, *more = wrap(value, max(10, width - LABEL - 5)) or [""]
        marked: Cell = (f"  {mark} ", f"bold {ink}", "")
        below: Cell = (f"{GOES_ON}{'':<{LABEL}} ", "muted", "")
        return [
            ("pane", (marked, (f"{name:<{LABEL}} ", "muted", ""), (first, "text", ""))),
            *(("pane", (below, (text, "text", ""))) for text in more),
        ]


class KillSwitchDialog(Dialog[None]):
    """Stays open while the switch works; its word is typed, never guessed."""

    TELLS_EVENTS = True
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
        return RELEASE if self.desk.halted else ENGAGE

    @property
    def verified(self) -> bool:
        """Whether whatever was thrown, the guardian's switch or the console's own, left nothing."""
        risk, halting = self.desk.store.risk, self.desk.halting
        return (risk.verified or not risk.engaged) and (halting.verified or not halting.engaged)

    def tick(self, now: float) -> None:
        """Follow the switch; called by the frame clock. A guardian that says nothing is not waited for."""
        risk, halting = self.desk.store.risk, self.desk.halting
        asked = risk.asked_at
        if asked is not None and not risk.report and not halting.engaged and now > asked + SILENT_SECONDS:
            self._report.problem = "The guardian does not answer: the console does it."
            halting.engage(halting.able(), now)
        if self._seen != (self.desk.halted, self.verified, len(self._report.told(WIDTH))):
            self._follow()

    def _follow(self) -> None:
        engaged = self.desk.halted
        tall = len(self._report.told(WIDTH))
        self._seen = (engaged, self.verified, tall)
        self._report.styles.height = tall
        state = "not engaged"
        if engaged:
            state = "ENGAGED, verified: nothing is left" if self.verified else "ENGAGED"
        deed = "allow orders again" if engaged else "stop everything"
        self._heading.put([heading("Kill switch", state)])
        prompt: tuple[Cell, ...] = ((f"  type {self.word} to {deed}", "bold strong", ""),)
        self._prompt.styles.width = 8 + len(self.word) + len(" to ") + len(deed) + 2
        self._prompt.put([("pane", prompt)])
        self._foot.put(
            [hints((ENTER, "release" if engaged else "engage"), (self.key("kill.close"), "close"))]
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing on takes a complaint back."""
        self._wrong.put([BLANK])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do it if the word is the word."""
        event.stop()
        word = event.value.strip().upper()
        again = word == ENGAGE and self.desk.halting.engaged and not self.verified
        if word != self.word and not again:
            self._wrong.put([("pane", ((f" ◂ the word is {self.word}", "caution", ""),))])
            return
        event.input.value = ""
        self._report.problem = self._release() if word == RELEASE else self._engage()

    def _engage(self) -> str:
        """Throw the guardian's switch, and the console's own where none leads; say what went wrong."""
        halting, problem = self.desk.halting, ""
        links = halting.unguarded()
        if not self.desk.store.risk.engaged:
            for link in halting.guardians():
                try:
                    self.desk.send(EngageKillSwitch(link=link, reason=REASON))
                except CommandError as error:
                    problem, links = f"Not sent: {error}", halting.able()
        if halting.engaged or links:
            halting.engage(links, self.desk.clock())
        elif not halting.guardians():
            return "No link leads to anything that could be stopped."
        return problem

    def _release(self) -> str:
        """Release what was thrown; say what went wrong."""
        if self.desk.halting.engaged:
            self.desk.halting.release(self.desk.clock())
        if not self.desk.store.risk.engaged:
            return ""
        problem = ""
        for link in [one for one in self.desk.names if self.desk.can(one, ReleaseKillSwitch)]:
            try:
                self.desk.send(ReleaseKillSwitch(link=link))
            except CommandError as error:
                problem = f"Not sent: {error}"
        return problem
