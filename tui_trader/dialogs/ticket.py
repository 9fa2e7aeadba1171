"""The order ticket: fields, a complaint beside each that is wrong, a second look before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui_trader.commands.order_form import FIELDS, Entry, Reading, margin_text, summary
from tui_trader.dialogs.choice import Choice
from tui_trader.dialogs.dialog import BLANK, SETTLE_SECONDS, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Canvas, Line
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import long_symbol
from tui_trader.keys import bindings
from tui_trader.model.commands import PlaceOrder

if TYPE_CHECKING:
    from tui_trader.desk import Desk

_LABELS = {
    "symbol": "Symbol",
    "side": "Side",
    "kind": "Type",
    "quantity": "Quantity",
    "price": "Price",
    "stop_loss": "Stop loss",
    "take_profit": "Take profit",
    "deviation": "Deviation",
}
_NOTES = {
    "price": "of a limit order",
    "stop_loss": "optional",
    "take_profit": "optional",
    "deviation": "points; empty: any",
}
_CHOICES = {
    "side": (("buy", "sell"), ("bid", "ask")),
    "kind": (("market", "limit"), ("focus", "focus")),
}


class QuoteSheet(Canvas):
    """Live quote of the ticket's instrument and the margin the order would bind."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="preview")
        self.symbol = ""
        self.margin = ""

    def shown(self) -> object:
        """The quote and the margin."""
        quote = self.store.quotes.get(self.symbol)
        return (self.symbol, self.margin, quote.arrived if quote else None)

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Bid and ask, then the margin where it is known."""
        quote = self.store.quotes.get(self.symbol)
        instrument = self.store.instruments.get(self.symbol)
        if quote is None or instrument is None:
            return [BLANK, BLANK]
        self.wake_at(quote.arrived + 3.01)
        stale = self.store.stale(self.symbol, now)
        bid, ask = (numbers.price(value, instrument.price_digits) for value in (quote.bid, quote.ask))
        first: Line = (
            "pane",
            (
                (f"  {'bid / ask':<13}", "muted", ""),
                (bid, "stale" if stale else "bid", ""),
                ("  ", "text", ""),
                (ask, "stale" if stale else "ask", ""),
                ("  STALE" if stale else "", "bold caution", ""),
            ),
        )
        return [
            first,
            ("pane", ((f"  {'margin':<13}", "muted", ""), (self.margin or numbers.NONE, "text", ""))),
        ]


class TicketDialog(Dialog[PlaceOrder | None]):
    """Keyboard only: Tab goes through the fields, Enter looks it over, Enter again sends."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ticket")]

    def __init__(self, desk: Desk, symbol: str, deviation: str) -> None:
        super().__init__(desk)
        self._given = {"symbol": symbol, "deviation": deviation}
        self._preview = QuoteSheet(desk)
        self._foot = Sheet(desk, self._keys(), id="foot")
        self._complaints = {name: Sheet(desk, [BLANK], id=f"wrong-{name}") for name in FIELDS}
        self._order: PlaceOrder | None = None
        self._looked_over = 0.0

    def compose(self) -> ComposeResult:
        """A line for each field, the quote, and the keys."""
        with Vertical(id="ticket"):
            yield Sheet(self.desk, [heading("New order"), BLANK])
            for name, label in _LABELS.items():
                with Horizontal(classes="field"):
                    yield Sheet(self.desk, [("pane", ((f"  {label}", "muted", ""),))])
                    if name in _CHOICES:
                        yield Choice(self.desk, *_CHOICES[name], id=name)
                    else:
                        yield Input(self._given.get(name, ""), id=name, compact=True, select_on_focus=True)
                    yield self._complaints[name]
            yield Sheet(self.desk, [BLANK])
            yield self._preview
            yield Sheet(self.desk, [BLANK])
            yield self._foot

    def on_mount(self) -> None:
        """Start where the first empty field is."""
        self.query_one("#side" if self._given["symbol"] else "#symbol").focus()
        self._changed()

    @staticmethod
    def _keys() -> list[Line]:
        return [hints(("Tab", "field"), ("Enter", "look over"), ("Esc", "close"))]

    def entry(self) -> Entry:
        """What the fields say now."""
        values = {}
        for name in FIELDS:
            widget = self.query_one(f"#{name}")
            values[name] = widget.value if isinstance(widget, Input | Choice) else ""
        return Entry(**values)

    def on_input_changed(self, event: Input.Changed) -> None:
        """A field changed."""
        self._changed()

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """A choice changed."""
        self._changed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field."""
        event.stop()
        self.action_proceed()

    def _changed(self) -> None:
        """Any change takes the order back to be looked over again."""
        self._order = None
        self._foot.put(self._keys())
        entry = self.entry()
        self.query_one("#price").disabled = entry.kind == "market"
        self.query_one("#deviation").disabled = entry.kind == "limit"
        for name in FIELDS:
            self._complain(name, "")
        self._preview.symbol = long_symbol(entry.symbol)
        order = Reading(entry, self.desk).order()
        self._preview.margin = margin_text(order, self.desk) if order else ""

    def _complain(self, name: str, text: str) -> None:
        note = (f" ◂ {text}", "caution", "") if text else (f"   {_NOTES.get(name, '')}", "faint", "")
        self._complaints[name].put([("pane", (note,))])

    def action_proceed(self) -> None:
        """Look the order over; the second time, send it."""
        now = self.desk.clock()
        if self._order is not None:
            if now - self._looked_over >= SETTLE_SECONDS:
                self._send()
            return
        reading = Reading(self.entry(), self.desk)
        order = reading.order()
        for name in FIELDS:
            self._complain(name, reading.complaints.get(name, ""))
        if order is None:
            self.query_one(f"#{next(n for n in FIELDS if n in reading.complaints)}").focus()
            return
        self._order, self._looked_over = order, now
        sentence, _ = summary(order, self.desk)
        ink = "bid" if order.side.sign > 0 else "ask"
        self._foot.put(
            [
                ("cursor", ((f"  {sentence}", f"bold {ink}", ""),)),
                hints(("Enter", "send it"), ("any change", "takes it back"), ("Esc", "close")),
            ]
        )

    def _send(self) -> None:
        """The quote may have gone stale since: read once more."""
        if Reading(self.entry(), self.desk).order() is None:
            self._order = None
            self.action_proceed()
            return
        self.dismiss(self._order)
