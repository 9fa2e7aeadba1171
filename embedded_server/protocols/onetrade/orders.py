"""REST: orders, from creation to history, and the answer to a requote (CLARIFICATIONS.md, onetrade)."""

from __future__ import annotations

from starlette.responses import Response

from embedded_server.model.commands import AnswerRequote, CancelOrder
from embedded_server.model.states import OrderState
from embedded_server.protocols.exact_numbers import plain
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.onetrade.calls import Call, Table, answer
from embedded_server.protocols.onetrade.desk import Desk
from embedded_server.protocols.onetrade.projection import ACCOUNT
from embedded_server.protocols.onetrade.requests import (
    Approval,
    ChangeOrder,
    CreateOcoOrders,
    CreateOrder,
    modify_order,
    place_order,
    place_together,
    span,
)


class Orders:
    """The account's orders. What becomes of one arrives as WebSocket events."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def table(self) -> Table:
        """Paths and methods."""
        return {
            "/orders": {"GET": self._list, "POST": self._create},
            "/orders/oco": {"POST": self._create_together},
            "/orders/history": {"GET": self._history},
            "/orders/{id}": {"GET": self._get, "PUT": self._modify, "DELETE": self._cancel},
            "/orders/{id}/approval": {"POST": self._approve},
        }

    def _list(self, call: Call) -> Response:
        working = self._desk.account.working_orders()
        return answer([self._desk.projection.order(order) for order in working])

    def _history(self, call: Call) -> Response:
        start, end = span(call.query, self._desk.engine.now)
        ended = self._desk.account.order_history()
        return answer(
            [self._desk.projection.order(order) for order in ended if start <= _ended_at(order) < end]
        )

    def _get(self, call: Call) -> Response:
        return self._answer(call.number())

    def _create(self, call: Call) -> Response:
        body = call.model(CreateOrder)
        instrument = self._desk.instrument(body.symbol_id)
        command = place_order(body, instrument, self._desk.engine.now)
        number = self._desk.submit(command)
        volume = plain(instrument.quantity(command.lots))
        self._desk.record(f"order {number}: {command.side} {volume} {instrument.symbol} {command.kind}")
        return self._answer(number, 201)

    def _create_together(self, call: Call) -> Response:
        body = call.model(CreateOcoOrders)
        instrument = self._desk.instrument(body.symbol_id)
        number = self._desk.submit(place_together(body, instrument, self._desk.engine.now))
        legs = [self._desk.order(number + place) for place in range(len(body.orders))]
        for leg in legs:
            volume, name = plain(instrument.quantity(leg.lots)), f"{leg.kind}, {leg.oco_group}"
            self._desk.record(f"order {leg.id}: {leg.side} {volume} {instrument.symbol} {name}")
        return answer([self._desk.projection.order(leg) for leg in legs], 201)

    def _modify(self, call: Call) -> Response:
        order = self._desk.order(call.number())
        instrument = self._desk.instruments[order.instrument]
        self._desk.submit(modify_order(call.model(ChangeOrder), order, instrument, self._desk.engine.now))
        self._desk.record(f"order {order.id}: modified")
        return self._answer(order.id)

    def _cancel(self, call: Call) -> Response:
        number = self._desk.order(call.number()).id
        self._desk.submit(CancelOrder(account=ACCOUNT, order_id=number))
        self._desk.record(f"order {number}: canceled")
        return self._answer(number)

    def _approve(self, call: Call) -> Response:
        number = self._desk.order(call.number()).id
        body = call.model(Approval)
        body.check_owner()
        if body.id not in {None, number}:
            raise InputError(f"id: must be {number}, the order of the path", "id")
        self._desk.submit(AnswerRequote(account=ACCOUNT, order_id=number, accepted=body.approved))
        self._desk.record(f"order {number}: requote {'accepted' if body.approved else 'refused'}")
        return self._answer(number)

    def _answer(self, number: int, status: int = 200) -> Response:
        return answer(self._desk.projection.order(self._desk.order(number)), status)


def _ended_at(order: OrderState) -> int:
    return order.updated_at if order.done_at is None else order.done_at
