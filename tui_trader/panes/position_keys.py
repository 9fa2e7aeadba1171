"""What the armed keys of a position send: part of it away, its other side, its protection elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from tui_trader.commands import amending
from tui_trader.commands.sizing import exact
from tui_trader.formatting.symbols import short_symbol
from tui_trader.model.commands import ClosePosition, ModifyPosition, PlaceOrder
from tui_trader.model.values import Instrument, OrderKind, Position, Side

if TYPE_CHECKING:
    from tui_trader.desk import Desk

ANSWER_SECONDS = 3.0
FIRST_DISTANCE = 20
"""Steps from the price at which a key puts protection where there was none."""
WORDS = {"stop_loss": "Stop loss", "take_profit": "Take profit"}


class PositionKeys:
    """Sends for one position at a time. What cannot be done is said."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent: dict[tuple[str, str, str], tuple[Decimal, float]] = {}

    def _instrument(self, row: Position) -> Instrument:
        return self._desk.store.instruments.describe(row.symbol)

    def _mark(self, row: Position) -> float | None:
        """The price that closing it would get now."""
        quote = self._desk.store.quotes.get(row.symbol)
        price = None if quote is None else quote.bid if row.side is Side.BUY else quote.ask
        return price if price is not None else row.mark_price

    def _say(self, text: str) -> None:
        self._desk.console.report(text)

    def close_part(self, row: Position, percent: int) -> None:
        """Close a share of it; where the account closes only the whole, sell that much at the market."""
        instrument = self._instrument(row)
        part = amending.part_of(row, percent, instrument)
        if part is None:
            self._say(f"{percent}% of {row.quantity:g} is less than the smallest order.")
        elif instrument.kind == "spot" and self._desk.can(row.link, PlaceOrder):
            self._desk.console.submit(self._market(row, part))
        elif self._can(row, ClosePosition):
            reference = self._desk.reference()
            command = ClosePosition(link=row.link, position_id=row.id, reference=reference, quantity=part)
            self._desk.console.submit(command)

    def _can(self, row: Position, command: type[ClosePosition | ModifyPosition | PlaceOrder]) -> bool:
        able = self._desk.can(row.link, command)
        if not able:
            self._say(f"{row.link} takes no such order for its positions.")
        return able

    def _market(self, row: Position, quantity: Decimal) -> PlaceOrder:
        return PlaceOrder(
            link=row.link,
            symbol=row.symbol,
            side=Side.SELL if row.side is Side.BUY else Side.BUY,
            kind=OrderKind.MARKET,
            quantity=quantity,
            reference=self._desk.reference(),
        )

    def reverse(self, row: Position) -> None:
        """Close it and open its other side, after a question: that is new risk."""
        if self._instrument(row).kind == "spot":
            self._say("A spot account cannot be short.")
            return
        if not (self._can(row, ClosePosition) and self._can(row, PlaceOrder)):
            return
        order = self._market(row, exact(row.quantity))
        close = ClosePosition(link=row.link, position_id=row.id, reference=self._desk.reference())
        word = "short" if row.side is Side.BUY else "long"
        question = f"Reverse to {word} {order.quantity} {short_symbol(row.symbol)} at the market?"
        self._desk.console.confirm(question, close, order, details=(f"closes position {row.id} first",))

    def break_even(self, row: Position) -> None:
        """Put the stop loss at the entry, once the price is beyond it."""
        mark = self._mark(row)
        if mark is None or (mark - row.entry_price) * row.side.sign <= 0:
            self._say("Not in profit: a stop at the entry would close it at once.")
            return
        instrument = self._instrument(row)
        tick = exact(instrument.tick_size)
        self._protect(row, "stop_loss", round(exact(row.entry_price) / tick) * tick)

    def level(self, row: Position, name: str) -> float | None:
        """Where its protection stands, or was last sent to."""
        known: float | None = getattr(row, name)
        sent, moment = self._sent.get((row.link, row.id, name), (None, 0.0))
        if sent is None:
            return known
        answered = known is not None and abs(float(sent) - known) < 1e-9
        if answered or self._desk.clock() - moment > ANSWER_SECONDS:
            del self._sent[row.link, row.id, name]
            return known
        return float(sent)

    def shift(self, row: Position, name: str, steps: int) -> None:
        """Move its stop loss or take profit by steps; put one in place where there was none."""
        mark, instrument = self._mark(row), self._instrument(row)
        if mark is None:
            return
        step = amending.step_of(instrument, mark)
        level = self.level(row, name)
        if level is None:
            away = -row.side.sign if name == "stop_loss" else row.side.sign
            price = round(exact(mark) / step) * step + step * FIRST_DISTANCE * away
        else:
            tick = exact(instrument.tick_size)
            price = round(exact(level) / tick) * tick + step * steps
        if price > 0:
            self._protect(row, name, price)

    def _protect(self, row: Position, name: str, price: Decimal) -> None:
        if self._can(row, ModifyPosition):
            command = amending.position_change(row, self._desk.reference(), {name: price})
            if self._desk.console.submit(command):
                self._sent[row.link, row.id, name] = (price, self._desk.clock())

    def follow(self, row: Position) -> None:
        """Let its stop loss follow at the distance it has now, or a first one; a following one stays."""
        mark, instrument = self._mark(row), self._instrument(row)
        if not self._desk.terms_of(row.link).trailing:
            self._say(f"{row.link} has no trailing stops.")
        elif row.trailing:
            if self._trail(row, Decimal(0)):
                self._say("The stop loss stays where it is.")
        elif mark is not None:
            tick, distance = exact(instrument.tick_size), amending.step_of(instrument, mark) * FIRST_DISTANCE
            if row.stop_loss is not None and (mark - row.stop_loss) * row.side.sign > 0:
                distance = max(tick, round(exact(abs(mark - row.stop_loss)) / tick) * tick)
            if self._trail(row, distance):
                self._say(f"The stop loss follows the price at {distance:f}.")

    def _trail(self, row: Position, distance: Decimal) -> bool:
        if not self._can(row, ModifyPosition):
            return False
        command = amending.position_change(row, self._desk.reference(), {"trailing": distance})
        return self._desk.console.submit(command)

    def edit(self, row: Position) -> None:
        """Let the user type its stop loss, take profit and trailing distance."""
        if not self._can(row, ModifyPosition):
            return
        instrument, price = self._instrument(row), self._mark(row)
        fields = amending.position_fields(row, self._desk.terms_of(row.link), instrument)

        def change(typed: Mapping[str, Decimal]) -> ModifyPosition:
            return amending.position_change(row, self._desk.reference(), typed)

        title = f"Protect {short_symbol(row.symbol)}"
        amending.amend(self._desk, title, fields, instrument, price, command=change)
