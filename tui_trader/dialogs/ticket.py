"""The order ticket: fields, a complaint beside each that is wrong, a second look before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui_trader.commands.expiry import EXAMPLES
from tui_trader.commands.order_form import FIELDS, Entered, Entry, Reading, lasting
from tui_trader.commands.order_pair import KIND as PAIR
from tui_trader.commands.order_summary import fee_text, margin_text, summary, worst_text
from tui_trader.commands.sizing import Estimate, estimate
from tui_trader.dialogs.choice import Choice
from tui_trader.dialogs.dialog import BLANK, Sheet, heading
from tui_trader.dialogs.form import Form
from tui_trader.drawing.canvas import Canvas, Line
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import long_symbol
from tui_trader.keys import bindings
from tui_trader.model.commands import orders_of
from tui_trader.model.order_terms import PLAIN, OrderTerms
from tui_trader.model.values import TimeInForce

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui_trader.desk import Desk


def _kinds(terms: OrderTerms) -> tuple[str, ...]:
    """Types of order as they are called, a pair among them where the account takes one."""
    return (*(kind.replace("_", "-") for kind in terms.kinds), *((PAIR,) if terms.pairs else ()))


_LABELS = {
    "symbol": "Symbol",
    "side": "Side",
    "kind": "Type",
    "quantity": "Quantity",
    "stop_price": "Trigger",
    "price": "Price",
    "stop_loss": "Stop loss",
    "take_profit": "Take profit",
    "trailing": "Trailing",
    "time_in_force": "Lasts",
    "until": "Until",
    "deviation": "Deviation",
}
_NOTES = {
    "quantity": "or $5000, or 1% at risk",
    "stop_price": "of a stop order",
    "price": "of a limit order",
    "stop_loss": "optional",
    "take_profit": "optional",
    "trailing": "distance, 50pt or 0.5%",
    "time_in_force": "none: until canceled",
    "until": f"UTC: {EXAMPLES}",
    "deviation": "points; empty: any",
}
_CHOICES = {
    "side": (("buy", "sell"), ("bid", "ask")),
    "kind": (_kinds(PLAIN), ("focus",) * len(_kinds(PLAIN))),
    "time_in_force": (PLAIN.lasting, ("focus",) * len(PLAIN.lasting)),
}
PREVIEW_LINES = 4


class PreviewSheet(Canvas):
    """Live quote of the ticket's instrument, and what the order would bind, cost and risk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="preview")
        self.symbol = ""
        self.order: Entered | None = None

    def shown(self) -> object:
        """The quote, the order and its account."""
        quote = self.store.quotes.get(self.symbol)
        return (self.symbol, self.order, quote.arrived if quote else None, self.store.accounts.revision)

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Bid and ask, then margin, fee and worst case where they are known."""
        quote = self.store.quotes.get(self.symbol)
        instrument = self.store.instruments.get(self.symbol)
        if quote is None or instrument is None:
            return [BLANK] * PREVIEW_LINES
        self.wake_at(quote.arrived + 3.01)
        stale = self.store.stale(self.symbol, now)
        bid, ask = (numbers.price(value, instrument.price_digits) for value in (quote.bid, quote.ask))
        first: Line = (
            "pane",
            (
                (f"  {'bid / ask':<14}", "muted", ""),
                (bid, "stale" if stale else "bid", ""),
                ("  ", "text", ""),
                (ask, "stale" if stale else "ask", ""),
                ("  STALE" if stale else "", "bold caution", ""),
            ),
        )
        return [first, *self._expected(Estimate() if self.order is None else estimate(self.order, self.desk))]

    def _expected(self, expected: Estimate) -> list[Line]:
        known = expected.margin is not None or expected.reduces
        fee = fee_text(expected) or ("not told before the first fill" if known else "")
        rows = (
            ("margin", margin_text(expected), "text" if expected.affordable else "caution"),
            ("fee", fee, "text" if expected.fee is not None else "muted"),
            (
                "at worst",
                worst_text(expected),
                "text" if expected.worst is not None or expected.reduces else "caution",
            ),
        )
        return [
            ("pane", ((f"  {label:<14}", "muted", ""), (text or numbers.NONE, ink if text else "faint", "")))
            for label, text, ink in rows
        ]


class TicketDialog(Form[Entered]):
    """Keyboard only: Tab goes through the fields, Enter looks it over, Enter again sends."""

    CONTEXT = "ticket"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ticket")]
    AUTO_FOCUS = ""
    """A key that is on its way must not be typed over the symbol: the field it is meant for comes first."""

    def __init__(self, desk: Desk, given: Mapping[str, str], note: str = "") -> None:
        super().__init__(desk)
        self._given = given
        self._note = note
        self._preview = PreviewSheet(desk)
        self._terms = PLAIN

    def compose(self) -> ComposeResult:
        """A line for each field, the quote, and the keys."""
        with Vertical(id="ticket"):
            yield Sheet(self.desk, [heading("New order", self._note), BLANK])
            yield self.rows((name, label, self._field(name)) for name, label in _LABELS.items())
            yield Sheet(self.desk, [BLANK])
            yield self._preview
            yield Sheet(self.desk, [BLANK])
            yield self.foot

    def _field(self, name: str) -> Choice | Input:
        if name in _CHOICES:
            return Choice(self.desk, *_CHOICES[name], id=name)
        return Input(self._given.get(name, ""), id=name, compact=True, select_on_focus=True)

    def on_mount(self) -> None:
        """Start where the first empty field is; what was given may be changed like what is typed."""
        for name in _CHOICES:
            if self._given.get(name):
                self.query_one(f"#{name}", Choice).pick(self._given[name])
        needed = (name for name in ("symbol", "side", "kind", "quantity") if not self._given.get(name))
        self.set_focus(self.query_one(f"#{next(needed, 'quantity')}"))
        self.take_back()

    def entry(self) -> Entry:
        """What the fields say now; one that is not shown says nothing."""
        values = {}
        for name in FIELDS:
            widget = self.query_one(f"#{name}")
            values[name] = ""
            if isinstance(widget, Input | Choice) and self.fields.offers(name):
                values[name] = widget.value
        return Entry(**values)

    def read(self) -> None:
        """Leave open what the order has, and say what it comes to so far."""
        entry = self.entry()
        self._offer(entry)
        for name in FIELDS:
            self._complain(name, "")
        reading = Reading(entry, self.desk)
        self._preview.symbol, self._preview.order = long_symbol(entry.symbol), reading.order()
        if reading.quantity is not None:
            note = f"   = {numbers.quantity(float(reading.quantity))}"
            self.complain("quantity", "", (note, "strong", ""))

    def _offer(self, entry: Entry) -> None:
        """Leave only those fields open that the type of order and the account have."""
        symbol = long_symbol(entry.symbol)
        if symbol in self.desk.store.instruments:  # one that is being typed takes nothing away
            self._terms = self.desk.terms(symbol)
        terms = self._terms
        self.query_one("#kind", Choice).offer(_kinds(terms), "focus")
        lasts = self.query_one("#time_in_force", Choice)
        lasts.offer(lasting(terms, pair=entry.kind == PAIR), "focus")
        lasts.disabled = entry.kind == "market"
        self.query_one("#price").disabled = entry.kind in ("market", "stop")
        self.query_one("#stop_price").disabled = entry.kind in ("market", "limit")
        self.query_one("#deviation").disabled = entry.kind not in ("", "market") or not terms.deviation
        shown = {
            "trailing": terms.trailing,
            "until": lasts.value == TimeInForce.GTD and not lasts.disabled,
            "deviation": terms.deviation,
        }
        for name, there in shown.items():
            self.fields.offer(name, there=there)

    def _complain(self, name: str, text: str) -> None:
        self.complain(name, text, (f"   {_NOTES.get(name, '')}", "faint", ""))

    def look_over(self) -> Entered | None:
        """The order as a sentence."""
        reading = Reading(self.entry(), self.desk)
        order = reading.order()
        for name in FIELDS:
            self._complain(name, reading.complaints.get(name) or reading.warnings.get(name, ""))
        if order is None:
            self.query_one(f"#{next(n for n in FIELDS if n in reading.complaints)}").focus()
            return None
        sentence, _ = summary(order, self.desk)
        ink = "bid" if orders_of(order)[0].side.sign > 0 else "ask"
        self.show([("cursor", ((f"  {sentence}", f"bold {ink}", ""),))], "send it")
        return order

    def send(self, answer: Entered) -> None:
        """Send the order; the quote may have gone stale since: read once more."""
        if Reading(self.entry(), self.desk).order() is None:
            self.answer = None
            self.action_proceed()
        else:
            super().send(answer)
