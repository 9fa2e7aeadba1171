"""What every REST resource works with: the engine, the account, its instruments and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_server.model.commands import Command, RecordActivity, Refused
from embedded_server.model.enums import PositionStatus
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import OrderState, PositionState
from embedded_server.protocols.onetrade.calls import ApiError, refusal
from embedded_server.protocols.onetrade.messages import Position
from embedded_server.protocols.onetrade.projection import ACCOUNT, Projection

if TYPE_CHECKING:
    from embedded_server.accounts.account import Account
    from embedded_server.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Desk:
    """The forex account, open for business."""

    engine: Engine
    instruments: Mapping[str, Instrument]
    projection: Projection

    @property
    def account(self) -> Account:
        """The account this endpoint serves."""
        return self.engine.accounts[ACCOUNT]

    def instrument(self, number: int) -> Instrument:
        """An instrument by symbol id; 404 otherwise."""
        for instrument in self.instruments.values():
            if instrument.number == number:
                return instrument
        raise ApiError(404, f"symbol_id: there is no symbol {number}", "UNKNOWN_INSTRUMENT")

    def order(self, number: int) -> OrderState:
        """An order, ended ones too; 404 otherwise."""
        order = self.account.order(number)
        if order is None:
            raise ApiError(404, f"there is no order {number}", "UNKNOWN_ORDER")
        return order

    def position(self, number: int) -> PositionState:
        """A position, closed ones too; 404 otherwise."""
        position = self.account.position(number)
        if position is None:
            raise ApiError(404, f"there is no position {number}", "UNKNOWN_POSITION")
        return position

    def shown(self, *positions: PositionState) -> list[Position]:
        """Positions as objects; a closed one with the reason of the deal that closed it."""
        closed = {one.id for one in positions if one.status is PositionStatus.CLOSED}
        deals = self.account.deals() if closed else ()
        last = {deal.position_id: deal.reason for deal in deals if deal.position_id in closed}
        return [self.projection.position(one, last.get(one.id)) for one in positions]

    def submit(self, command: Command) -> int:
        """Send a command; the id of what it concerns. Raises `ApiError` if the engine refuses."""
        outcome = self.engine.submit(command)
        if isinstance(outcome, Refused):
            raise refusal(outcome)
        return outcome.id if isinstance(outcome.id, int) else 0

    def record(self, description: str) -> None:
        """Write a line of the activity log; it arrives as `journal_create`."""
        self.engine.submit(RecordActivity(account=ACCOUNT, description=description))
