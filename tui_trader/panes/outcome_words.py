"""What became of a signal in words: one short line for a list, lines with figures for its detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.drawing.canvas import width_of
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.model.values import OrderStatus
from tui_trader.store.executions import LEAST

if TYPE_CHECKING:
    from tui_trader.store.instruments import Instruments
    from tui_trader.store.outcomes import Outcome, Trail

Words = tuple[str, str]
"""A text and its ink."""


def brief(found: Outcome) -> str:
    """The outcome in a few words: fills and result of all its orders together."""
    trails = found.trails
    if not trails:
        return found.note
    doubt = next((trail.doubt for trail in trails if trail.doubt), "")
    if doubt:
        return f"traded, then not known: {doubt}"
    if not any(trail.filled for trail in trails):
        return ", ".join(f"{trail.by}: {state(trail)}" for trail in trails)
    if all(trail.unwound >= trail.filled - LEAST for trail in trails):
        earned = [trail.earned for trail in trails if trail.earned is not None]
        known = len(earned) == len(trails)
        return f"closed what was held{': ' + numbers.signed(sum(earned)) if known else ''}"
    results = [one for trail in trails for one in (trail.realised, trail.unrealised) if one is not None]
    open_now = any(trail.remaining > LEAST for trail in trails)
    return f"{'open' if open_now else 'closed'} {numbers.signed(sum(results)) if results else numbers.NONE}"


def state(trail: Trail) -> str:
    """An order's state, exactly as it is known."""
    if trail.status is OrderStatus.UNKNOWN:
        return "unknown, verify"
    return trail.status.replace("_", " ")


def lines(found: Outcome, instruments: Instruments, width: int) -> list[tuple[Words, ...]]:
    """The outcome, an order after the other; what does not fit goes on in the next line."""
    out = [line for trail in found.trails for line in _trail(trail, instruments)]
    if not out:
        out = [((found.note, "muted"),)]
    elif found.note.startswith("not known"):
        out.append(((f"besides: {found.note}", "muted"),))
    return [part for line in out for part in _broken(line, width)]


def _broken(line: tuple[Words, ...], width: int) -> list[tuple[Words, ...]]:
    """A line, or two where its last words would be cut: they are the figures."""
    if len(line) < 2 or sum(width_of(text) for text, _ in line) <= width:
        return [line]
    return [line[:-1], (("    ", "text"), line[-1])]


def _trail(trail: Trail, instruments: Instruments) -> list[tuple[Words, ...]]:
    digits = instruments.describe(trail.symbol).price_digits
    at = f" at {numbers.price(trail.price, digits)}" if trail.price is not None else ""
    amount = numbers.quantity(trail.filled or trail.quantity)
    ink = "bid" if trail.side.sign > 0 else "ask"
    first: tuple[Words, ...] = (
        (f"{trail.by}: ", "muted"),
        (f"{trail.side} {amount} {short_symbol(trail.symbol)}{at}", ink),
    )
    order = f"  order {trail.order_id} {state(trail)}" if trail.order_id else f"  {state(trail)}"
    fate = (((f"  {text}", "text"), (result, _ink(result))) for text, result in _fate(trail, digits))
    return [first, ((order, "text"),), *fate]


def _fate(trail: Trail, digits: int) -> list[tuple[str, str]]:
    """What its fills are now, each with a result where there is one."""
    if trail.doubt:
        return [(f"what then became of it is not known: {trail.doubt}", "")]
    fate = []
    if trail.unwound > LEAST:
        earned = numbers.signed(trail.earned) if trail.earned is not None else "at a result not known"
        fate.append((f"{numbers.quantity(trail.unwound)} closed what was held before: ", earned))
    if trail.realised is not None:
        closed = f"closed at {numbers.price(trail.exit, digits)}: "
        fate.append((closed, numbers.signed(trail.realised)))
    if trail.remaining > LEAST:
        result = "" if trail.unrealised is None else numbers.signed(trail.unrealised)
        where = f" in {trail.position_id}" if trail.position_id else ""
        fate.append((f"{numbers.quantity(trail.remaining)} open{where}{': ' if result else ''}", result))
    return fate


def _ink(result: str) -> str:
    return "up" if result.startswith("+") else "down" if result.startswith("-") else "text"
