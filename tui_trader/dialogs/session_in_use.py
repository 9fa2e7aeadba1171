"""A session that another console holds: two cannot have it, and the user says which one stays.

Nothing reconnects by itself (onetrade.md, Two Tabs Detection). Taking over is an extension: it is offered
where the server describes it.
"""

from __future__ import annotations

from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_trader.desk import Desk
from tui_trader.dialogs.dialog import BLANK, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Line
from tui_trader.keys import bindings
from tui_trader.model.values import LinkState

WIDTH = 58
_OVER = "Take over: the other console's connection is ended, and this one has the session."
_NOT_OVER = "This server cannot displace the other one: end it there, then retry here."
_RETRY = "Retry: sign in again; the other console is left alone."


class SessionDialog(Dialog[None]):
    """Closes by itself once the link is no longer in conflict."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("session")]

    def __init__(self, desk: Desk, link: str) -> None:
        super().__init__(desk)
        self.link = link
        self._sheet = Sheet(desk, self._lines(), id="session")

    def compose(self) -> ComposeResult:
        """One sheet."""
        yield self._sheet

    @property
    def _takeover(self) -> bool:
        view = self.desk.store.links.get(self.link)
        return view is not None and view.takeover

    def _lines(self) -> list[Line]:
        view = self.desk.store.links.get(self.link)
        detail = view.detail if view is not None else ""
        told = f"{self.link}: {detail}." if detail else f"{self.link} is in use by another console."
        lines: list[Line] = [heading("Session in use", "nothing is sent or shown as live"), BLANK]
        lines += [("pane", ((f"  {text}", "bold strong", ""),)) for text in wrap(told, WIDTH)]
        lines.append(BLANK)
        for sentence in (_OVER if self._takeover else _NOT_OVER, _RETRY):
            lines += [("pane", ((f"  {text}", "text", ""),)) for text in wrap(sentence, WIDTH)]
        over = ((self.key("session.takeover"), "take over"),) if self._takeover else ()
        rest = (("session.retry", "retry"), ("session.later", "leave it"), ("session.quit", "quit"))
        return [*lines, BLANK, hints(*over, *((self.key(action), text) for action, text in rest))]

    def tick(self, now: float) -> None:
        """Go once the link is no longer in conflict; called by the frame clock."""
        view = self.desk.store.links.get(self.link)
        if view is None or view.state is not LinkState.CONFLICT:
            self.dismiss(None)

    def action_takeover(self) -> None:
        """Displace the other one, where the server can."""
        if self._takeover and self.settled and self.desk.wires is not None:
            self.desk.wires.take_over(self.link)
            self.dismiss(None)

    def action_retry(self) -> None:
        """Sign in again."""
        if self.settled and self.desk.wires is not None:
            self.desk.wires.retry(self.link)
            self.dismiss(None)

    def action_quit_console(self) -> None:
        """Leave the field to the other one."""
        if self.settled:
            self.desk.console.leave()
