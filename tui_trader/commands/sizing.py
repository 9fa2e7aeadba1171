"""What an order is worth, binds, costs and may lose, in the account's money; None where that cannot be told.

An amount that a person typed stays `Decimal`; rates of exchange come from quotes.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui_trader.model.commands import PlaceOcoOrders, PlaceOrder, orders_of
from tui_trader.model.values import Account, Instrument, OrderKind, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui_trader.desk import Desk


def exact(value: float) -> Decimal:
    """A wire figure as the decimal it was written as, at most ten places."""
    return Decimal(f"{value:.10f}").normalize()


class Estimate(Struct, frozen=True):
    """An order before it is sent, in `currency`. `worst` is None where no stop limits the loss.

    `reduces`: it sells what a cash account holds, which binds nothing and risks nothing more.
    """

    currency: str = ""
    notional: float | None = None
    margin: float | None = None
    free: float | None = None
    equity: float | None = None
    fee: float | None = None
    worst: float | None = None
    best: float | None = None
    reduces: bool = False
    held: float | None = None
    """What there is of it to sell, with `reduces`."""
    lacking: bool = False
    """Whether more would be sold than is held."""

    @property
    def affordable(self) -> bool:
        """False where more would be bound than is free, or sold than is held."""
        return not self.lacking and (self.margin is None or self.free is None or self.margin <= self.free)


def market_price(desk: Desk, symbol: str, side: Side | None) -> float | None:
    """What an order would trade at now: the other side of the book, or the last price."""
    quote = desk.store.quotes.get(symbol)
    if quote is None:
        return None
    best = quote.ask if side is Side.BUY else quote.bid if side is Side.SELL else None
    return best if best is not None else quote.price


def unit_value(desk: Desk, instrument: Instrument, account: Account, price: float) -> float | None:
    """What one whole price of one unit of quantity is worth in the account's currency."""
    rate = _rate(desk, instrument, account.currency, price)
    return None if rate is None else instrument.contract_size * rate


def _rate(desk: Desk, instrument: Instrument, currency: str, price: float) -> float | None:
    """Account money for one unit of the currency that the instrument is quoted in."""
    quoted = instrument.quote_currency
    if not currency or quoted == currency:
        return 1.0 if currency else None
    if instrument.key == currency + quoted:
        return 1 / price if price else None
    direct = desk.store.quotes.get(quoted + currency)
    if direct is not None and direct.price:
        return direct.price
    inverse = desk.store.quotes.get(currency + quoted)
    return 1 / inverse.price if inverse is not None and inverse.price else None


def quantity_for_money(
    desk: Desk, instrument: Instrument, link: str, money: Decimal, price: float
) -> Decimal | None:
    """The quantity that this much of the account's money is worth."""
    account = desk.store.accounts.get(link)
    unit = unit_value(desk, instrument, account, price) if account else None
    worth = exact(unit * price) if unit else None
    return _whole(money / worth, instrument) if worth else None


def quantity_for_risk(
    desk: Desk, instrument: Instrument, link: str, percent: Decimal, *, price: float, stop: float
) -> Decimal | None:
    """The quantity that loses this share of the equity from the price to the stop."""
    account = desk.store.accounts.get(link)
    equity = None if account is None else account.equity if account.equity is not None else account.balance
    unit = unit_value(desk, instrument, account, price) if account else None
    lost = exact(unit * abs(price - stop)) if unit else None
    return _whole(exact(equity) * percent / 100 / lost, instrument) if lost and equity is not None else None


def _whole(quantity: Decimal, instrument: Instrument) -> Decimal:
    """Whole steps, never more than was meant."""
    step = exact(instrument.quantity_step)
    return (quantity / step).to_integral_value(ROUND_FLOOR) * step


def estimate(command: PlaceOrder | PlaceOcoOrders, desk: Desk) -> Estimate:
    """What an order would do to its account, as far as that is known; of a pair only one can, the worse."""
    first, *others = (_estimate(order, desk) for order in orders_of(command))
    for other in others:
        first = replace(
            first,
            margin=_either(max, first.margin, other.margin),
            fee=_either(max, first.fee, other.fee),
            worst=_either(min, first.worst, other.worst),
            best=_either(min, first.best, other.best),
        )
    return first


def _either(chosen: Callable[[float, float], float], one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else chosen(one, other)


def _held(desk: Desk, order: PlaceOrder) -> float:
    """What the account holds of the instrument."""
    held = (one for one in desk.store.positions if (one.link, one.symbol) == (order.link, order.symbol))
    return sum(one.quantity * one.side.sign for one in held)


def _estimate(order: PlaceOrder, desk: Desk) -> Estimate:
    instrument = desk.store.instruments.describe(order.symbol)
    account = desk.store.accounts.get(order.link)
    price = _expected_price(order, desk)
    unit = unit_value(desk, instrument, account, price) if account and price else None
    if account is None or price is None or unit is None:
        return Estimate(currency=account.currency if account else "")
    size = float(order.quantity) * unit
    notional = size * price
    fee = fee_rate(desk, order.link, instrument)
    cost = None if fee is None else fee * notional

    def result(level: Decimal | None) -> float | None:
        return None if level is None else size * (float(level) - price) * order.side.sign - (cost or 0.0) * 2

    leveraged = bool(account.leverage)
    if not leveraged and order.side is Side.SELL:
        held = _held(desk, order)
        lacking = float(order.quantity) > held
        return Estimate(account.currency, notional, fee=cost, reduces=True, held=held, lacking=lacking)
    worst = result(_first_stop(order, price))
    if worst is None and not leveraged and order.side is Side.BUY:
        worst = -notional  # what was paid for is all that can be lost
    return Estimate(
        currency=account.currency,
        notional=notional,
        margin=notional / account.leverage if account.leverage else notional,
        free=account.free_margin,
        equity=account.equity if account.equity is not None else account.balance,
        fee=cost,
        worst=worst,
        best=result(order.take_profit),
    )


def _first_stop(order: PlaceOrder, price: float) -> Decimal | None:
    """Where its loss ends: at its stop loss, or where the trailing one begins if that is nearer."""
    if order.trailing is None or order.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT):
        return order.stop_loss
    trailing = exact(price) - order.trailing * order.side.sign
    if order.stop_loss is None:
        return trailing
    return max(trailing, order.stop_loss) if order.side is Side.BUY else min(trailing, order.stop_loss)


def _expected_price(order: PlaceOrder, desk: Desk) -> float | None:
    """Where an order is expected to trade."""
    if order.kind is OrderKind.MARKET:
        return market_price(desk, order.symbol, order.side)
    level = order.price if order.price is not None else order.stop_price
    return None if level is None else float(level)


def fee_rate(desk: Desk, link: str, instrument: Instrument) -> float | None:
    """Fee per unit of notional as the account's latest fill had it, its own instrument's if there is one."""
    rates = list(_fees(desk, link))
    own = [rate for symbol, rate in rates if symbol == instrument.key]
    kin = [rate for symbol, rate in rates if desk.store.instruments.describe(symbol).kind == instrument.kind]
    return next(reversed(own or kin), None)


def _fees(desk: Desk, link: str) -> Iterator[tuple[str, float]]:
    """Symbols and fee rates of fills, oldest first; where fills do not tell, of filled orders."""
    for deal in desk.store.deals:
        contract = desk.store.instruments.describe(deal.symbol).contract_size
        worth = deal.quantity * contract * deal.price
        if deal.link == link and deal.fee is not None and worth:
            yield deal.symbol, deal.fee / worth
    for order in desk.store.orders.closed:
        worth = order.filled * (order.average_price or 0.0)
        if order.link == link and order.fee and worth:
            yield order.symbol, order.fee / worth
