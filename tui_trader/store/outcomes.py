"""What became of a signal: orders that machines made of it, and those sent from its ticket.

A machine's order is tied to its signal by what the wire tells: for whom, instrument, side and the moment.
Where that does not decide, the answer is "not known".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui_trader.model.values import Deal, OrderStatus, Side, Signal
from tui_trader.store.executions import LEAST, Tally, executions_of, held, tally

if TYPE_CHECKING:
    from tui_trader.model.events import NoticeReceived
    from tui_trader.store.store import Store

PROMPT_MS = 10_000
"""A machine acts on its own signal at once; what comes later than this came of something else."""
_SIDES = {"long": Side.BUY, "short": Side.SELL}


class Trail(Struct, frozen=True):
    """One order that came of a signal. `result` is in the instrument's quote currency, after fees."""

    by: str
    link: str
    symbol: str
    order_id: str
    side: Side
    quantity: float
    status: OrderStatus
    filled: float = 0.0
    price: float | None = None
    remaining: float = 0.0
    position_id: str = ""
    """The position that holds what remains, where it has a name of its own."""
    exit: float | None = None
    unwound: float = 0.0
    earned: float | None = None
    """Result of what it closed that was held before."""
    realised: float | None = None
    unrealised: float | None = None
    doubt: str = ""
    """Why its further fate is not known."""


class Outcome(Struct, frozen=True):
    """Trails, the machine's first; `note` says what there is to say when there are none."""

    trails: tuple[Trail, ...]
    note: str = ""


def outcome(signal: Signal, store: Store) -> Outcome:
    """Tell what became of a signal, as far as the links told it."""
    machine, note = _of_machine(signal, store)
    trails = (*machine, *_of_tickets(signal, store))
    return Outcome(trails, note)


def _of_tickets(signal: Signal, store: Store) -> Iterator[Trail]:
    for reference in store.signals.references(signal):
        order = store.orders.by_reference(reference)
        if order is None:
            continue
        trail = Trail(
            by="your ticket",
            link=order.link,
            symbol=order.symbol,
            order_id=order.id,
            side=order.side,
            quantity=order.quantity,
            status=order.status,
            filled=order.filled,
            price=order.average_price,
        )
        yield _followed(trail, signal, store) if order.id and order.filled > 0 else trail


def _of_machine(signal: Signal, store: Store) -> tuple[list[Trail], str]:
    side = _SIDES.get(signal.direction)
    if side is None:
        return [], "nothing to trade: it is neutral"
    if signal.time_ms is None:
        return [], "not known: the signal says no time"
    links = [signal.link] if signal.source == "strategy" else [view.bot.link for view in store.bots]
    if not links:
        return [], "not known: no bot tells here what it trades"
    deals = [deal for deal in _first_deals(signal, store) if _prompt(signal, deal, side)]
    rivals = [one for one in store.signals if _same_kind(one, signal)]
    ours = [deal for deal in deals if not any(_claims_rather(one, signal, deal, side) for one in rivals)]
    if any(one.time_ms == signal.time_ms for one in rivals) and deals:
        return [], "not known: two such signals came at that moment"
    note = "" if ours else _silence(signal, links, store)
    return [_machine_trail(signal, deal, store) for deal in ours], note


def _silence(signal: Signal, links: list[str], store: Store) -> str:
    """Why nothing came of a signal, or why that is not known."""
    failure = _failure(signal, store)
    if failure is not None:
        return f"{failure.link} could not: {failure.text}"
    away = next((link for link in links if _away(signal, link, store)), "")
    return f"not known: {away} was away since" if away else "no order came of it"


def _first_deals(signal: Signal, store: Store) -> Iterator[Deal]:
    """The first deal of each order that may be a machine's: a bot's are known by its signal."""
    seen = set()
    for deal in store.deals:
        if signal.source == "strategy":
            mine = deal.link == signal.link and deal.strategy == signal.strategy_id
            name = deal.order_id
        else:
            mine, name = deal.signal_id is not None, deal.signal_id or ""
        if mine and deal.symbol == signal.symbol and (deal.link, name) not in seen:
            seen.add((deal.link, name))
            yield deal


def _prompt(signal: Signal, deal: Deal, side: Side) -> bool:
    if deal.time_ms is None or signal.time_ms is None or deal.side is not side:
        return False
    return 0 <= deal.time_ms - signal.time_ms <= PROMPT_MS


def _failure(signal: Signal, store: Store) -> NoticeReceived | None:
    """The notice that an order on the signal could not be placed."""
    if signal.source == "strategy" or signal.time_ms is None:
        return None
    start = signal.time_ms
    return next(
        (
            one
            for one in store.signals.failures
            if one.symbol == signal.symbol
            and one.time_ms is not None
            and 0 <= one.time_ms - start <= PROMPT_MS
        ),
        None,
    )


def _same_kind(one: Signal, other: Signal) -> bool:
    """Another signal that would lead to the same kind of order."""
    return (
        one.id != other.id
        and (one.source, one.symbol, one.direction, one.strategy_id)
        == (other.source, other.symbol, other.direction, other.strategy_id)
        and one.time_ms is not None
    )


def _claims_rather(one: Signal, signal: Signal, deal: Deal, side: Side) -> bool:
    """A later signal explains the deal better."""
    return _prompt(one, deal, side) and (one.time_ms or 0) > (signal.time_ms or 0)


def _away(signal: Signal, link: str, store: Store) -> bool:
    """Whether the link was down, or not there yet, at some time since the signal came."""
    view = store.links.get(link)
    arrived = store.signals.arrived(signal)
    return view is None or not view.ready or arrived is None or view.since > arrived


def _machine_trail(signal: Signal, first: Deal, store: Store) -> Trail:
    fills = [deal for deal in store.deals if (deal.link, deal.order_id) == (first.link, first.order_id)]
    filled = sum(deal.quantity for deal in fills)
    order = store.orders.get(first.link, first.order_id)
    trail = Trail(
        by="the strategy" if signal.source == "strategy" else "the bot",
        link=first.link,
        symbol=first.symbol,
        order_id=first.order_id,
        side=first.side,
        quantity=max(filled, order.quantity if order else 0.0),
        status=order.status if order else OrderStatus.FILLED,
        filled=filled,
        price=sum(deal.price * deal.quantity for deal in fills) / filled,
    )
    return _followed(trail, signal, store, first.strategy if signal.source == "strategy" else None)


def _followed(trail: Trail, signal: Signal, store: Store, strategy: str | None = None) -> Trail:
    """Say what its fills are now: still open, or closed and with what result."""
    if _away(signal, trail.link, store):
        return replace(trail, doubt=f"{trail.link} was away since")
    executions = executions_of(store, trail.link, trail.symbol, strategy)
    now = held(store, trail.link, trail.symbol, strategy)
    if strategy is not None and now * trail.side.sign < trail.filled and trail.side is Side.BUY:
        # Holdings come with the list, a moment after the trade: a strategy is never short.
        now = max(now, sum(one.quantity for one in executions))
    own = tally(executions, now).get(trail.order_id, Tally())
    instrument = store.instruments.describe(trail.symbol)
    quote = store.quotes.get(trail.symbol)
    size = instrument.contract_size
    unrealised = None
    if quote is not None and quote.price is not None and own.entry is not None:
        unrealised = trail.side.sign * (quote.price - own.entry) * own.remaining * size - own.fees
    return replace(
        trail,
        remaining=own.remaining,
        position_id=_position_id(trail, store) if own.remaining > LEAST and strategy is None else "",
        exit=own.exit,
        unwound=own.unwound,
        earned=own.earned * size if own.earned is not None and own.unwound > LEAST else None,
        realised=own.realised * size if own.closed > LEAST else None,
        unrealised=unrealised,
    )


def _position_id(trail: Trail, store: Store) -> str:
    mine = (
        one.id
        for one in store.positions
        if (one.link, one.symbol, one.side) == (trail.link, trail.symbol, trail.side)
    )
    return next((name for name in mine if name != trail.symbol), "")
