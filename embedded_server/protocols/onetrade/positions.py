"""REST: positions, their stops and targets, closing them, and the deals they are made of."""

from __future__ import annotations

from starlette.responses import Response

from embedded_server.model.commands import ClosePosition
from embedded_server.model.states import PositionState
from embedded_server.protocols.exact_numbers import quantity_lots
from embedded_server.protocols.onetrade.calls import ApiError, Call, Table, answer
from embedded_server.protocols.onetrade.desk import Desk
from embedded_server.protocols.onetrade.projection import ACCOUNT
from embedded_server.protocols.onetrade.requests import (
    ChangePosition,
    ClosePositionBody,
    modify_position,
    span,
)


class Positions:
    """The account's positions and deals."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def table(self) -> Table:
        """Paths and methods."""
        return {
            "/positions": {"GET": self._list},
            "/positions/history": {"GET": self._history},
            "/positions/{id}": {"GET": self._get, "PUT": self._modify, "POST": self._close},
            "/deals": {"GET": self._deals},
            "/deals/{id}": {"GET": self._deal},
        }

    def _list(self, call: Call) -> Response:
        return answer(self._desk.shown(*self._desk.account.positions()))

    def _history(self, call: Call) -> Response:
        start, end = span(call.query, self._desk.engine.now)
        closed = self._desk.account.closed_positions()
        return answer(self._desk.shown(*(state for state in closed if start <= _closed_at(state) < end)))

    def _get(self, call: Call) -> Response:
        return self._answer(call.number())

    def _modify(self, call: Call) -> Response:
        position = self._desk.position(call.number())
        instrument = self._desk.instruments[position.instrument]
        self._desk.submit(modify_position(call.model(ChangePosition), position.id, instrument))
        self._desk.record(f"position {position.id}: modified")
        return self._answer(position.id)

    def _close(self, call: Call) -> Response:
        position = self._desk.position(call.number())
        body = call.model(ClosePositionBody) if call.body else ClosePositionBody()
        body.check_owner()
        lots = None
        if body.volume is not None:
            lots = quantity_lots(self._desk.instruments[position.instrument], body.volume, "volume")
        self._desk.submit(ClosePosition(account=ACCOUNT, position_id=position.id, lots=lots))
        self._desk.record(f"position {position.id}: closing {'all' if lots is None else body.volume}")
        return self._answer(position.id)

    def _deals(self, call: Call) -> Response:
        start, end = span(call.query, self._desk.engine.now)
        deals = self._desk.account.deals()
        return answer([self._desk.projection.deal(deal) for deal in deals if start <= deal.time < end])

    def _deal(self, call: Call) -> Response:
        number = call.number()
        for deal in self._desk.account.deals():
            if deal.id == number:
                return answer(self._desk.projection.deal(deal))
        raise ApiError(404, f"there is no deal {number}", "UNKNOWN_DEAL")

    def _answer(self, number: int) -> Response:
        return answer(self._desk.shown(self._desk.position(number))[0])


def _closed_at(state: PositionState) -> int:
    return state.updated_at if state.closed_at is None else state.closed_at
