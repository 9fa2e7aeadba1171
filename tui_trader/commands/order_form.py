"""Reads what was typed into an order. Money goes from text to `Decimal`; every complaint names its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from tui_trader.desk import Desk
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.commands import PlaceOrder
from tui_trader.model.values import Instrument, OrderKind, Side

Chosen = TypeVar("Chosen")
FIELDS = ("symbol", "side", "kind", "quantity", "price", "stop_loss", "take_profit", "deviation")


@dataclass(frozen=True, slots=True)
class Entry:
    """An order as typed. Nothing is chosen for the user: side and kind are empty until named."""

    symbol: str = ""
    side: str = ""
    kind: str = ""
    quantity: str = ""
    price: str = ""
    stop_loss: str = ""
    take_profit: str = ""
    deviation: str = ""


class Reading:
    """An entry being read: collects complaints by field."""

    def __init__(self, entry: Entry, desk: Desk) -> None:
        self.entry = entry
        self.desk = desk
        self.complaints: dict[str, str] = {}

    def order(self) -> PlaceOrder | None:
        """The order, or None when anything is wrong; then `complaints` says what.

        A market order with a deviation names the price the user sees: the dealer measures from there.
        """
        instrument = self._instrument()
        side = self._choice("side", Side, "buy or sell?")
        kind = self._choice("kind", OrderKind, "choose a type")
        quantity = self._quantity(instrument)
        price = self._price(instrument, kind)
        stop = self._level("stop_loss", instrument)
        target = self._level("take_profit", instrument)
        deviation = self._deviation()
        market = self._market(instrument, side)
        self._sides(side, price or market, stop, target)
        if self.complaints or instrument is None or side is None or kind is None or quantity is None:
            return None
        return PlaceOrder(
            link=self.desk.carriers(instrument.key, PlaceOrder)[0],
            symbol=instrument.key,
            side=side,
            kind=kind,
            quantity=quantity,
            reference=self.desk.reference(),
            price=market if kind is OrderKind.MARKET and deviation is not None else price,
            stop_loss=stop,
            take_profit=target,
            deviation_points=deviation if kind is OrderKind.MARKET else None,
        )

    def _instrument(self) -> Instrument | None:
        key = long_symbol(self.entry.symbol)
        instrument = self.desk.store.instruments.get(key)
        if not key:
            self.complaints["symbol"] = "which instrument?"
        elif instrument is None:
            self.complaints["symbol"] = "not an instrument"
        elif not self.desk.carriers(key, PlaceOrder):
            self.complaints["symbol"] = "no link takes orders on it"
        elif self.desk.store.stale(key, self.desk.clock()):
            self.complaints["symbol"] = "its quote is stale"
        else:
            return instrument
        return None

    def _choice(self, field: str, kind: Callable[[str], Chosen], question: str) -> Chosen | None:
        try:
            return kind(getattr(self.entry, field).strip().lower())
        except ValueError:
            self.complaints[field] = question
            return None

    def _decimal(self, field: str, *, required: str = "") -> Decimal | None:
        text = getattr(self.entry, field).strip().replace(",", "").replace("_", "")
        if not text:
            if required:
                self.complaints[field] = required
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            self.complaints[field] = "not a number"
            return None
        if not value.is_finite() or value <= 0:
            self.complaints[field] = "must be more than 0"
            return None
        return value

    def _quantity(self, instrument: Instrument | None) -> Decimal | None:
        value = self._decimal("quantity", required="how much?")
        if value is None or instrument is None:
            return value
        least, most = instrument.minimum_quantity, instrument.maximum_quantity
        if least is not None and value < exact(least):
            self.complaints["quantity"] = f"at least {numbers.quantity(least)}"
        elif most is not None and value > exact(most):
            self.complaints["quantity"] = f"at most {numbers.quantity(most)}"
        elif value % exact(instrument.quantity_step):
            self.complaints["quantity"] = f"steps of {numbers.quantity(instrument.quantity_step)}"
        return value

    def _price(self, instrument: Instrument | None, kind: OrderKind | None) -> Decimal | None:
        if kind is OrderKind.MARKET:
            if self.entry.price.strip():
                self.complaints["price"] = "a market order has no price"
            return None
        return self._level("price", instrument, required="at which price?" if kind else "")

    def _level(self, field: str, instrument: Instrument | None, *, required: str = "") -> Decimal | None:
        value = self._decimal(field, required=required)
        if value is not None and instrument is not None and value % exact(instrument.tick_size):
            self.complaints[field] = f"steps of {numbers.quantity(instrument.tick_size, 10)}"
        return value

    def _deviation(self) -> int | None:
        text = self.entry.deviation.strip()
        if not text:
            return None
        if not text.isdecimal():
            self.complaints["deviation"] = "whole points"
            return None
        return int(text)

    def _market(self, instrument: Instrument | None, side: Side | None) -> Decimal | None:
        quote = self.desk.store.quotes.get(instrument.key) if instrument else None
        if quote is None or side is None:
            return None
        price = quote.ask if side is Side.BUY else quote.bid
        return None if price is None else exact(price)

    def _sides(
        self, side: Side | None, price: Decimal | None, stop: Decimal | None, target: Decimal | None
    ) -> None:
        """A stop protects and a target wins: each belongs on its side of the price."""
        if side is None or price is None:
            return
        below, above = ("below", "above") if side is Side.BUY else ("above", "below")
        if stop is not None and (price - stop) * side.sign <= 0:
            self.complaints.setdefault("stop_loss", f"belongs {below} {price}")
        if target is not None and (target - price) * side.sign <= 0:
            self.complaints.setdefault("take_profit", f"belongs {above} {price}")


def exact(value: float) -> Decimal:
    """A wire figure as the decimal it was written as, at most ten places."""
    return Decimal(f"{value:.10f}").normalize()


def summary(order: PlaceOrder, desk: Desk) -> tuple[str, list[str]]:
    """One sentence of an order, and what it may cost as far as that is known."""
    kind = order.kind.replace("_", " ")
    how = "at the market" if order.kind is OrderKind.MARKET else f"{kind} at {order.price}"
    sentence = f"{order.side.value.upper()} {order.quantity} {order.symbol} {how}"
    details = []
    levels = (("stop loss", order.stop_loss), ("take profit", order.take_profit))
    details += [f"{name:<12} {level}" for name, level in levels if level is not None]
    if order.deviation_points is not None:
        details.append(f"{'deviation':<12} {order.deviation_points} points from {order.price}")
    margin = margin_text(order, desk)
    if margin:
        details.append(f"{'margin':<12} {margin}")
    return sentence, details


def margin_text(order: PlaceOrder, desk: Desk) -> str:
    """Margin the order would bind, where account, leverage and currency allow to say it; otherwise empty."""
    instrument = desk.store.instruments.describe(order.symbol)
    account = desk.store.accounts.get(order.link)
    quote = desk.store.quotes.get(order.symbol)
    price = float(order.price) if order.price is not None else quote.price if quote else None
    if account is None or not account.leverage or price is None:
        return ""
    units = float(order.quantity) * instrument.contract_size
    if instrument.quote_currency == account.currency:
        notional = units * price
    elif order.symbol.startswith(account.currency):
        notional = units
    else:
        return ""
    text = f"about {numbers.fixed(notional / account.leverage)} {account.currency}"
    free = account.free_margin
    return text if free is None else f"{text} of {numbers.fixed(free)} free"
