"""The dealer's offers: old and new price, what the difference costs, and how long it still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_trader.dialogs.dialog import BLANK, Dialog, heading, hints
from tui_trader.drawing.canvas import Canvas, Line
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.keys import bindings
from tui_trader.model.commands import AnswerRequote
from tui_trader.model.values import OrderStatus
from tui_trader.store.requotes import Requote

if TYPE_CHECKING:
    from tui_trader.desk import Desk

BLINK_SECONDS = 0.1
EXPLAIN_SECONDS = 4.0
"""An ended offer stays this long on the screen to tell what became of it."""


class RequoteSheet(Canvas):
    """The offer at hand."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="requote")
        self.requote: Requote | None = None
        self.ended_at: float | None = None

    def shown(self) -> object:
        """The queue and the order's fate."""
        return (self.store.requotes.revision, self.store.orders.revision, id(self.requote))

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Heading, prices, countdown or outcome, keys."""
        requote = self.requote
        if requote is None:
            return []
        order = requote.order
        queue = self.store.requotes.queue
        note = f"{len(queue)} waiting" if len(queue) > 1 else ""
        sentence = (
            f" {order.side.value.upper()} {numbers.quantity(order.quantity)} {short_symbol(order.symbol)}"
        )
        ink = "bid" if order.side.sign > 0 else "ask"
        lines: list[Line] = [
            heading("Requote", note),
            BLANK,
            (
                "pane",
                ((f" {sentence}", f"bold {ink}", ""), (f"   order {order.id} on {order.link}", "muted", "")),
            ),
            _sentence(requote.note, "caution") if requote.note else BLANK,
            *self._prices(requote),
            BLANK,
            *self._fate(requote, width, now),
        ]
        return lines

    def _prices(self, requote: Requote) -> list[Line]:
        order = requote.order
        instrument = self.store.instruments.describe(order.symbol)
        digits = instrument.price_digits
        old, new = requote.old_price, order.offer_price
        lines: list[Line] = [
            _row("asked", numbers.price(old, digits), "text"),
            _row("offered", numbers.price(new, digits), "bold strong"),
        ]
        if old is None or new is None:
            return lines
        worse = (new - old) * order.side.sign
        points = numbers.points(new - old, instrument.tick_size)
        word, ink = ("worse", "down") if worse > 0 else ("better", "up")
        money = numbers.signed(-worse * order.quantity * instrument.contract_size)
        lines.append(_row("difference", f"{points:+d}", ink, f"points, {word}"))
        lines.append(_row("in money", money, ink, instrument.quote_currency))
        return lines

    def _fate(self, requote: Requote, width: int, now: float) -> list[Line]:
        """What became of it, or how long it still stands; then the keys that are of use."""
        if not requote.open:
            return [_sentence(self._outcome(requote), "bold strong"), BLANK, self._keys(later="close")]
        remaining = requote.remaining(now)
        if remaining > 0:
            self.wake_at(now + BLINK_SECONDS)
        bar = _countdown(requote, remaining, width)
        if requote.accepted is not None:
            word = "acceptance" if requote.accepted else "refusal"
            sent = _sentence(f"{word} sent, waiting for the dealer", "pending")
            return [bar, sent, self._keys(later="close")]
        if not remaining:
            late = _sentence("time is up: an answer may come too late", "caution")
            return [bar, late, self._keys(accept="accept", refuse="refuse", later="close")]
        more = {"next": "next"} if len(self.store.requotes.queue) > 1 else {}
        return [bar, BLANK, self._keys(accept="accept", refuse="refuse", later="later", **more)]

    def _keys(self, **shown: str) -> Line:
        """Actions of the dialog, and the word for each."""
        first = self.desk.keymap.first
        return hints(*((first(f"requote.{action}"), word) for action, word in shown.items()))

    def _outcome(self, requote: Requote) -> str:
        order = self.store.orders.get(requote.order.link, requote.order.id)
        digits = self.store.instruments.describe(requote.order.symbol).price_digits
        if order is not None and order.status is OrderStatus.FILLED and order.average_price is not None:
            told = requote.outcome.removesuffix("filled").rstrip(" ,:")
            return f"{told + ': ' if told else ''}filled at {numbers.price(order.average_price, digits)}"
        if order is not None and order.status.terminal:
            status = order.status.replace("_", " ")
            return requote.outcome if status in requote.outcome else f"{requote.outcome}: {status}"
        return requote.outcome


def _row(name: str, text: str, ink: str, unit: str = "") -> Line:
    return ("pane", ((f"  {name:<12}", "muted", ""), (f"{text:>14}", ink, ""), (f" {unit}", "muted", "")))


def _sentence(text: str, ink: str) -> Line:
    return ("pane", ((f"  {text}", ink, ""),))


def _countdown(requote: Requote, remaining: float, width: int) -> Line:
    """A bar that runs out with the offer; `remaining` in seconds."""
    whole = max(0.001, requote.deadline - requote.offered)
    room = max(4, width - 12)
    filled = round(room * remaining / whole)
    ink = "pending" if remaining > whole / 3 else "alarm"
    return (
        "pane",
        (
            ("  ", "text", ""),
            ("━" * filled, ink, ""),
            ("─" * (room - filled), "faint", ""),
            (f" {remaining:4.1f} s", f"bold {ink}", ""),
        ),
    )


class RequoteDialog(Dialog[None]):
    """Shows the offer that runs out first; several queue up behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("requote")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sheet = RequoteSheet(desk)
        self._skipped: list[Requote] = []
        self._sheet.requote = next(iter(desk.store.requotes.queue), None)

    def compose(self) -> ComposeResult:
        """One sheet."""
        yield self._sheet

    def tick(self, now: float) -> None:
        """Follow the queue: an ended offer explains itself, then the next one comes up."""
        sheet = self._sheet
        requote = sheet.requote
        if requote is not None and not requote.open:
            sheet.ended_at = now if sheet.ended_at is None else sheet.ended_at
            if now - sheet.ended_at < EXPLAIN_SECONDS and not self._others(requote):
                return
        if requote is None or not requote.open:
            self._go_on(requote)

    def _others(self, requote: Requote | None) -> list[Requote]:
        return [one for one in self.desk.store.requotes.queue if one is not requote]

    def _go_on(self, requote: Requote | None) -> None:
        waiting = self._others(requote)
        if not waiting:
            self.dismiss(None)
            return
        self._sheet.requote = waiting[0]
        self._sheet.ended_at = None
        self.opened = self.desk.clock()
        self._sheet.touch()

    def action_answer(self, accepted: bool) -> None:
        """Send the answer; it may come too late, and then the dealer says so."""
        requote = self._sheet.requote
        if requote is None or not requote.open or requote.accepted is not None or not self.settled:
            return
        order = requote.order
        self.desk.console.submit(
            AnswerRequote(
                link=order.link, order_id=order.id, accepted=accepted, reference=self.desk.reference()
            )
        )

    def action_next(self) -> None:
        """Look at the next offer; the present one keeps counting."""
        queue = self.desk.store.requotes.queue
        requote = self._sheet.requote
        if len(queue) > 1:
            place = queue.index(requote) if requote in queue else -1
            self._sheet.requote = queue[(place + 1) % len(queue)]
            self.opened = self.desk.clock()
            self._sheet.touch()

    def action_later(self) -> None:
        """Close; what is open keeps counting and can be called back."""
        self.dismiss(None)
