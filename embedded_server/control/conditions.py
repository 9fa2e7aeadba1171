"""What a run can be made to stop at: a condition that may hold already, or an event that makes it hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

from msgspec import Struct

from embedded_server.model import events as e
from embedded_server.model.enums import OrderStatus, PositionStatus
from embedded_server.model.states import OrderState, PositionState
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.wire_numbers import Precision

if TYPE_CHECKING:
    from embedded_server.engine.engine import Engine

State = TypeVar("State", OrderState, PositionState)
EVENT_TYPES = {kind.__name__: kind for kind in e.Event.__subclasses__()}
_PARTS = ("order", "position", "quote", "signal", "strategy", "deal", "alert", "entry", "report")


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Root of the conditions."""

    def holds(self, engine: Engine) -> bool:
        """Whether it holds already. Raises `InputError` for what the engine does not have."""
        return False

    def meets(self, event: e.Event, engine: Engine) -> bool:
        """Whether this event makes it hold."""
        raise NotImplementedError


class PriceReaches(Request, frozen=True, kw_only=True, tag="price"):
    """A price is at or above, or at or below, a level."""

    instrument: str
    above: float | None = None
    below: float | None = None
    of: Literal["last", "bid", "ask"] = "last"

    def holds(self, engine: Engine) -> bool:
        """Compare the present quote."""
        if (self.above is None) == (self.below is None):
            raise InputError("one of above and below is needed", "condition")
        _known(engine, self.instrument)
        return self._reached(engine, getattr(engine.market.quote(self.instrument), self.of))

    def meets(self, event: e.Event, engine: Engine) -> bool:
        """Compare a new quote."""
        if not isinstance(event, e.QuoteChanged) or event.quote.instrument != self.instrument:
            return False
        return self._reached(engine, getattr(event.quote, self.of))

    def _reached(self, engine: Engine, ticks: int) -> bool:
        if not ticks:  # an empty side has no price
            return False
        price = Precision(engine.market.instruments[self.instrument]).price(ticks)
        if self.above is not None:
            return price >= self.above
        return self.below is not None and price <= self.below


class OrderReaches(Request, frozen=True, kw_only=True, tag="order"):
    """An order, or any order of an account or instrument, gets a status."""

    status: OrderStatus
    id: int | None = None
    account: str | None = None
    instrument: str | None = None

    def holds(self, engine: Engine) -> bool:
        """Look the order up, if it is one order's status that is awaited."""
        _known(engine, self.instrument, self.account)
        if self.id is None:
            return False
        return _found("order", self.id, (one.order(self.id) for one in engine.accounts)).status is self.status

    def meets(self, event: e.Event, engine: Engine) -> bool:
        """Every event of an order carries its whole state."""
        order = getattr(event, "order", None)
        return order is not None and order.status is self.status and _concerns(self, order)


class PositionCloses(Request, frozen=True, kw_only=True, tag="position_closed"):
    """A position, or any position of an account or instrument, is closed."""

    id: int | None = None
    account: str | None = None
    instrument: str | None = None

    def holds(self, engine: Engine) -> bool:
        """Look the position up, if it is one position's end that is awaited."""
        _known(engine, self.instrument, self.account)
        if self.id is None:
            return False
        found = _found("position", self.id, (one.position(self.id) for one in engine.accounts))
        return found.status is PositionStatus.CLOSED

    def meets(self, event: e.Event, engine: Engine) -> bool:
        """The one event of a position's end."""
        return isinstance(event, e.PositionClosed) and _concerns(self, event.position)


class StrategySignals(Request, frozen=True, kw_only=True, tag="signal"):
    """A strategy, or any, decides to trade."""

    strategy: str | None = None
    instrument: str | None = None

    def holds(self, engine: Engine) -> bool:
        """A signal is an instant: never."""
        _known(engine, self.instrument)
        if self.strategy is not None and engine.strategies.state(self.strategy) is None:
            raise InputError(f"there is no strategy {self.strategy!r}", "condition.strategy")
        return False

    def meets(self, event: e.Event, engine: Engine) -> bool:
        """The strategy's own signals, not the AI service's."""
        return (
            isinstance(event, e.StrategySignalled)
            and self.strategy in (None, event.signal.strategy_id)
            and self.instrument in (None, event.signal.instrument)
        )


class EventHappens(Request, frozen=True, kw_only=True, tag="event"):
    """An event of a type, about an instrument or an account if one is given."""

    event: str
    instrument: str | None = None
    account: str | None = None

    def holds(self, engine: Engine) -> bool:
        """An event is an instant: never."""
        _known(engine, self.instrument, self.account)
        if self.event not in EVENT_TYPES:
            raise InputError(f"event {self.event!r} is none of {', '.join(EVENT_TYPES)}", "condition.event")
        return False

    def meets(self, event: e.Event, engine: Engine) -> bool:
        """Its type, and what it is about."""
        return (
            type(event).__name__ == self.event
            and (self.instrument is None or _about(event, "instrument") == self.instrument)
            and (self.account is None or _about(event, "account") == self.account)
        )


Condition = PriceReaches | OrderReaches | PositionCloses | StrategySignals | EventHappens


class Watch:
    """Looks at published batches until an event meets a condition."""

    def __init__(self, condition: Condition, engine: Engine) -> None:
        self.sequence: int | None = None
        """Of the event that met it."""
        self.event: e.Event | None = None
        self._condition = condition
        self._engine = engine

    def look(self, sequence: int, batch: Sequence[e.Event]) -> None:
        """Subscribe this to the bus."""
        if self.event is not None:
            return
        for number, event in enumerate(batch, sequence):
            if self._condition.meets(event, self._engine):
                self.sequence, self.event = number, event
                return


def _about(event: e.Event, name: str) -> object:
    """The instrument or account of an event or of the state it carries."""
    parts = (event, *(getattr(event, part, None) for part in _PARTS))
    return next((getattr(part, name) for part in parts if hasattr(part, name)), None)


def _concerns(wanted: OrderReaches | PositionCloses, state: OrderState | PositionState) -> bool:
    """Whether an order or a position is the awaited one, or of the awaited account and instrument."""
    return (
        wanted.id in (None, state.id)
        and wanted.account in (None, state.account)
        and wanted.instrument in (None, state.instrument)
    )


def _found(what: str, identity: int, states: Iterable[State | None]) -> State:
    """The one account's that has it."""
    found = next((state for state in states if state is not None), None)
    if found is None:
        raise InputError(f"there is no {what} {identity}", "condition.id")
    return found


def _known(engine: Engine, instrument: str | None, account: str | None = None) -> None:
    if instrument is not None and instrument not in engine.market.instruments:
        raise InputError(f"there is no instrument {instrument!r}", "condition.instrument")
    accounts = [one.id for one in engine.accounts]
    if account is not None and account not in accounts:
        raise InputError(f"there is no account {account!r}: {', '.join(accounts)}", "condition.account")
