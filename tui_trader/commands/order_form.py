"""Reads what was typed into an order. Money goes from text to `Decimal`; every complaint names its field."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from tui_trader.commands import sizing
from tui_trader.commands.distances import read_distance
from tui_trader.commands.expiry import read_expiry
from tui_trader.commands.figures import MOST, read_figure
from tui_trader.commands.order_pair import KIND, pair_of
from tui_trader.commands.sizing import exact
from tui_trader.desk import Desk
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.commands import PlaceOcoOrders, PlaceOrder
from tui_trader.model.order_terms import OrderTerms
from tui_trader.model.values import Instrument, OrderKind, Side, TimeInForce

Chosen = TypeVar("Chosen")
Entered = PlaceOrder | PlaceOcoOrders
FIELDS = (
    "symbol",
    "side",
    "kind",
    "quantity",
    "stop_price",
    "price",
    "stop_loss",
    "take_profit",
    "trailing",
    "time_in_force",
    "until",
    "deviation",
)
LIMITED = frozenset({OrderKind.LIMIT, OrderKind.STOP_LIMIT})
TRIGGERED = frozenset({OrderKind.STOP, OrderKind.STOP_LIMIT})
MOST_POINTS = 6
"""Digits of a deviation."""


class Entry(Struct, frozen=True):
    """An order as typed. Nothing is chosen for the user: side and kind are empty until named.

    `quantity` is units, `$5000` of the account's money, or `1%` of its equity at risk to the stop loss. The
    kind `oco` is a limit at `price` and a stop at `stop_price`, of which one cancels the other. `trailing` is
    read by distances.py, `until` by expiry.py.
    """

    symbol: str = ""
    side: str = ""
    kind: str = ""
    quantity: str = ""
    stop_price: str = ""
    price: str = ""
    stop_loss: str = ""
    take_profit: str = ""
    trailing: str = ""
    time_in_force: str = ""
    until: str = ""
    deviation: str = ""


def lasting(terms: OrderTerms, *, pair: bool = False) -> tuple[TimeInForce, ...]:
    """How long orders may work; what waits in a pair is not for at once."""
    at_once = (TimeInForce.IOC, TimeInForce.FOK) if pair else ()
    return tuple(one for one in terms.lasting if one not in at_once)


class Reading:
    """An entry being read: collects complaints by field."""

    def __init__(self, entry: Entry, desk: Desk) -> None:
        self.entry = entry
        self.desk = desk
        self.terms = desk.terms(long_symbol(entry.symbol))
        """What orders on the instrument can be."""
        self.pair = entry.kind.strip().lower() == KIND
        self.complaints: dict[str, str] = {}
        self.warnings: dict[str, str] = {}
        """What may be wrong, by field; it keeps nothing from being sent."""
        self.quantity: Decimal | None = None
        """What the quantity comes to, where it was typed as money or risk."""

    def order(self) -> Entered | None:
        """What would be sent, or None when anything is wrong; then `complaints` says what."""
        instrument = self._instrument()
        side = self._choice("side", Side, "buy or sell?")
        kind = self._kind()
        trigger = self._wanted("stop_price", instrument, kind, TRIGGERED, "triggered where?")
        price = self._wanted("price", instrument, kind, LIMITED, "at which price?")
        stop = self._level("stop_loss", instrument)
        target = self._level("take_profit", instrument)
        market = self._market(instrument, side)
        at = price or trigger or market
        quantity = self._quantity(instrument, at, stop)
        trailing = self._trailing(instrument, at)
        lasts, expires = self._lasting(kind)
        deviation = self._deviation(kind)
        if side is not None:
            self._trigger_side(side, trigger, market)
            self._limit_side(side, price, market)
            for entered in (price, trigger) if self.pair else (at,):
                self._sides(side, entered, stop, target)
        if self.complaints or instrument is None or side is None or kind is None or quantity is None:
            return None
        order = PlaceOrder(
            link=self._link(instrument),
            symbol=instrument.key,
            side=side,
            kind=kind,
            quantity=quantity,
            reference=self.desk.reference(),
            price=price if deviation is None else market,  # seen by the user: the dealer measures from there
            stop_price=trigger,
            stop_loss=stop,
            take_profit=target,
            trailing=trailing,
            time_in_force=lasts,
            expires_ms=expires,
            deviation_points=deviation,
        )
        return pair_of(order, self.desk) if self.pair else order

    def _link(self, instrument: Instrument) -> str:
        return self.desk.carriers(instrument.key, PlaceOrder)[0]

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

    def _kind(self) -> OrderKind | None:
        """A pair has both prices, as a stop-limit order has."""
        if not self.pair:
            return self._choice("kind", OrderKind, "choose a type")
        if not self.terms.pairs:
            self.complaints["kind"] = "not on this account"
        return OrderKind.STOP_LIMIT

    def _choice(self, field: str, kind: Callable[[str], Chosen], question: str) -> Chosen | None:
        try:
            return kind(getattr(self.entry, field).strip().lower().replace("-", "_"))
        except ValueError:
            self.complaints[field] = question
            return None

    def _number(self, field: str, text: str) -> Decimal | None:
        value, complaint = read_figure(text)
        if complaint:
            self.complaints[field] = complaint
        return value

    def _decimal(self, field: str, *, required: str = "") -> Decimal | None:
        text = numbers.ungrouped(getattr(self.entry, field))
        if text:
            return self._number(field, text)
        if required:
            self.complaints[field] = required
        return None

    def _quantity(
        self, instrument: Instrument | None, price: Decimal | None, stop: Decimal | None
    ) -> Decimal | None:
        text = numbers.ungrouped(self.entry.quantity)
        if text[:1] in "$%" or text[-1:] in "$%":
            value = self._sized(text, instrument, price, stop) if text else None
            if not text:
                self.complaints["quantity"] = "how much?"
        else:
            value = self._number("quantity", text)
        if value is None or instrument is None:
            return value
        least, most = instrument.minimum_quantity, instrument.maximum_quantity
        if least is not None and value < exact(least):
            self.complaints["quantity"] = f"at least {numbers.quantity(least)}"
        elif most is not None and value > exact(most):
            self.complaints["quantity"] = f"at most {numbers.quantity(most)}"
        elif value % exact(instrument.quantity_step):
            self._finer("quantity", instrument, instrument.quantity_step)
        return value

    def _sized(
        self, text: str, instrument: Instrument | None, price: Decimal | None, stop: Decimal | None
    ) -> Decimal | None:
        """A quantity typed as money or as risk."""
        amount = self._number("quantity", text.strip("$%"))
        if amount is None or instrument is None:
            return None
        if price is None:
            self.complaints["quantity"] = "needs a price"
        elif "%" in text and stop is None:
            self.complaints["quantity"] = "needs a stop loss"
        elif "%" in text and amount > 100:
            self.complaints["quantity"] = "at most 100%"
        else:
            self.quantity = self._worth(text, instrument, amount, float(price), float(stop or 0))
            if self.quantity is None:
                self.complaints["quantity"] = "account not known yet"
            elif self.quantity >= MOST:
                self.complaints["quantity"] = "too large"
            elif not self.quantity:
                step = numbers.quantity(instrument.quantity_step, 10)
                self.complaints["quantity"] = f"comes to less than {step}"
            return None if "quantity" in self.complaints else self.quantity
        return self.quantity

    def _worth(
        self, text: str, instrument: Instrument, amount: Decimal, price: float, stop: float
    ) -> Decimal | None:
        link = self._link(instrument)
        if "%" in text:
            return sizing.quantity_for_risk(self.desk, instrument, link, amount, price=price, stop=stop)
        return sizing.quantity_for_money(self.desk, instrument, link, amount, price)

    def _wanted(
        self,
        field: str,
        instrument: Instrument | None,
        kind: OrderKind | None,
        kinds: frozenset[OrderKind],
        question: str,
    ) -> Decimal | None:
        """A price that orders of some kinds need and others must not have."""
        if kind is None or kind in kinds:
            return self._level(field, instrument, required=question if kind else "")
        if getattr(self.entry, field).strip():
            what = "limit price" if field == "price" and kind is OrderKind.STOP else field.replace("_", " ")
            self.complaints[field] = f"a {kind.replace('_', '-')} order has no {what}"
        return None

    def _level(self, field: str, instrument: Instrument | None, *, required: str = "") -> Decimal | None:
        value = self._decimal(field, required=required)
        if value is not None and instrument is not None and value % exact(instrument.tick_size):
            self._finer(field, instrument, instrument.tick_size)
        return value

    def _finer(self, field: str, instrument: Instrument, step: float) -> None:
        """Tell of a figure between two steps: wrong where a link told it, doubtful where it is a guess."""
        text = numbers.quantity(step, 10)
        if instrument.inferred:
            self.warnings[field] = f"finer than {text}, as it is quoted"
        else:
            self.complaints[field] = f"steps of {text}"

    def _trailing(self, instrument: Instrument | None, price: Decimal | None) -> Decimal | None:
        text = self.entry.trailing.strip()
        if not text or instrument is None:
            return None
        if not self.terms.trailing:
            self.complaints["trailing"] = "not on this account"
            return None
        distance, complaint = read_distance(text, exact(instrument.tick_size), price)
        if complaint:
            self.complaints["trailing"] = complaint
        return distance

    def _lasting(self, kind: OrderKind | None) -> tuple[TimeInForce | None, int | None]:
        """How long it works; a time named is a time meant."""
        until = self.entry.until.strip()
        text = self.entry.time_in_force.strip().lower() or (TimeInForce.GTD if until else "")
        if not text or kind is OrderKind.MARKET:
            return None, None
        offered = lasting(self.terms, pair=self.pair)
        if text not in offered:
            if "symbol" not in self.complaints:  # of what is unknown nobody can say
                self.complaints["time_in_force"] = f"only {' or '.join(offered)}"
            return None, None
        if text != TimeInForce.GTD:
            if until:
                self.complaints["until"] = f"{text} has no time"
            return TimeInForce(text), None
        expires, complaint = read_expiry(until, self.desk.market_ms)
        if complaint:
            self.complaints["until"] = complaint
        return TimeInForce.GTD, expires

    def _deviation(self, kind: OrderKind | None) -> int | None:
        """Points of an instant execution: only a market order is one."""
        text = self.entry.deviation.strip()
        if not text:
            return None
        if not text.isdecimal() or len(text) > MOST_POINTS:
            self.complaints["deviation"] = "whole points"
            return None
        return int(text) if kind is OrderKind.MARKET else None

    def _market(self, instrument: Instrument | None, side: Side | None) -> Decimal | None:
        if instrument is None or side is None:
            return None
        price = sizing.market_price(self.desk, instrument.key, side)
        return None if price is None else exact(price)

    def _trigger_side(self, side: Side, trigger: Decimal | None, market: Decimal | None) -> None:
        """A stop order waits for the market to run its way; on the other side it would trigger at once."""
        if trigger is None or market is None:
            return
        if (trigger - market) * side.sign <= 0:
            where = "above" if side is Side.BUY else "below"
            self.complaints.setdefault("stop_price", f"belongs {where} {market}")

    def _limit_side(self, side: Side, price: Decimal | None, market: Decimal | None) -> None:
        """The limit of a pair waits for a better price: one that fills at once leaves nothing to cancel."""
        if not self.pair or price is None or market is None:
            return
        if (market - price) * side.sign <= 0:
            where = "below" if side is Side.BUY else "above"
            self.complaints.setdefault("price", f"belongs {where} {market}")

    def _sides(self, side: Side, price: Decimal | None, stop: Decimal | None, target: Decimal | None) -> None:
        """A stop protects and a target wins: each belongs on its side of the price."""
        if price is None:
            return
        below, above = ("below", "above") if side is Side.BUY else ("above", "below")
        if stop is not None and (price - stop) * side.sign <= 0:
            self.complaints.setdefault("stop_loss", f"belongs {below} {price}")
        if target is not None and (target - price) * side.sign <= 0:
            self.complaints.setdefault("take_profit", f"belongs {above} {price}")
