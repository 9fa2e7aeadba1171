"""The life of an order: the one table of legal steps, and the only functions that change an order's state.

An order that ended stays as it ended; any other step is a bug and raises `EngineFault` (SIMULATION.md,
Trading rules).
"""

from __future__ import annotations

from msgspec.structs import replace

from embedded_server.model.enums import OrderStatus
from embedded_server.model.errors import EngineFault
from embedded_server.model.states import OrderState

_S = OrderStatus

STEPS: dict[OrderStatus, frozenset[OrderStatus]] = {
    _S.NEW: frozenset({_S.REJECTED, _S.WORKING, _S.DEALING}),
    _S.WORKING: frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELED, _S.EXPIRED}),
    _S.PARTIALLY_FILLED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELED, _S.EXPIRED}),
    _S.DEALING: frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.REQUOTED, _S.REJECTED, _S.CANCELED}),
    _S.REQUOTED: frozenset({_S.REQUOTED, _S.FILLED, _S.CANCELED, _S.EXPIRED}),
}
"""From each status that can be left, where to. DEALING is left for CANCELED when its owner withdraws it."""


def advance(state: OrderState, status: OrderStatus, now: int, **changes: object) -> OrderState:
    """The order one step further; raises `EngineFault` for a step the table does not know."""
    if status not in STEPS.get(state.status, frozenset()):
        raise EngineFault(f"order {state.id} cannot go from {state.status} to {status}")
    if state.status is _S.REQUOTED:
        changes = {"offer_price": None, "offer_expires_at": None} | changes
    done_at = now if status.terminal else None
    return replace(state, status=status, updated_at=now, done_at=done_at, **changes)


def revise(state: OrderState, now: int, **changes: object) -> OrderState:
    """The order with other terms in the same status; raises `EngineFault` once it has ended."""
    if state.status.terminal or "status" in changes:
        raise EngineFault(f"order {state.id} is {state.status} and cannot be revised")
    return replace(state, updated_at=now, **changes)


def fill(state: OrderState, price: int, lots: int, fee_micros: int, now: int) -> OrderState:
    """The order after a fill of `lots` at `price`; raises `EngineFault` for more than was left."""
    if not 0 < lots <= state.remaining_lots:
        raise EngineFault(f"order {state.id} has {state.remaining_lots} lots left and cannot fill {lots}")
    status = _S.FILLED if lots == state.remaining_lots else _S.PARTIALLY_FILLED
    return advance(
        state,
        status,
        now,
        filled_lots=state.filled_lots + lots,
        filled_value=state.filled_value + price * lots,
        fees_micros=state.fees_micros + fee_micros,
    )
