"""Order entry by REST with the same keys (extension), signed `METHOD\\nPATH\\nTIMESTAMP\\nBODY`.

Headers `X-API-Key`, `X-Timestamp` (epoch ms) and `X-Signature`; PATH is the target as sent, with its query.
A key that asks too often is answered the document's 429, but what it cancels or closes is never refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedded_server.model.commands import CancelOrder, ClosePosition, Command, Refused
from embedded_server.model.enums import RefusalCode
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import OrderState, PositionState
from embedded_server.protocols.channels import messages
from embedded_server.protocols.channels.order_entry import (
    ChangeOrder,
    CreateOcoOrders,
    CreateOrder,
    Stops,
    modify_order,
    modify_stops,
    place_order,
    place_together,
)
from embedded_server.protocols.channels.projection import ACCOUNT, Projection
from embedded_server.protocols.channels.request_rate import RequestRate
from embedded_server.protocols.channels.requests import Refusal
from embedded_server.protocols.channels.signatures import Signatures
from embedded_server.protocols.facade import Services
from embedded_server.protocols.json_input import InputError, convert, parse_object, printable
from embedded_server.protocols.wire_numbers import fee

PREFIX = "/api/v1"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Handler = Callable[[Request, bytes], Response]

_CODES = {
    RefusalCode.UNKNOWN_INSTRUMENT: 404,
    RefusalCode.UNKNOWN_ORDER: 404,
    RefusalCode.UNKNOWN_POSITION: 404,
    RefusalCode.LIMIT_EXCEEDED: 403,
    RefusalCode.NOT_TRADABLE: 403,
    RefusalCode.KILL_SWITCH: 403,
}
"""Every other refusal is 400: the document knows no 409."""

_FIELDS = {
    "lots": "amount",
    "reference": "client_order_id",
    "instrument": "symbol",
    "kind": "type",
    "trailing_ticks": "trailing_distance",
}


class Rest:
    """The spot account's orders and positions."""

    def __init__(
        self,
        services: Services,
        signatures: Signatures,
        projection: Projection,
        instruments: Mapping[str, Instrument],
    ) -> None:
        self._engine = services.engine
        self._time = services.time
        self._signatures = signatures
        self._projection = projection
        self._instruments = instruments
        self._rate = RequestRate(services.requests_per_minute)

    def routes(self) -> Sequence[Route]:
        """All routes; anything else under /api/ is a 404 in the document's error shape."""
        return [
            self._route(f"{PREFIX}/account", {"GET": self._account}),
            self._route(f"{PREFIX}/orders", {"GET": self._orders, "POST": self._create}),
            self._route(f"{PREFIX}/orders/oco", {"POST": self._create_together}),
            self._route(
                f"{PREFIX}/orders/{{id}}",
                {"GET": self._order, "PATCH": self._modify, "DELETE": self._cancel},
            ),
            self._route(f"{PREFIX}/positions", {"GET": self._positions}),
            self._route(f"{PREFIX}/positions/{{symbol}}", {"GET": self._one, "DELETE": self._close}),
            self._route(f"{PREFIX}/positions/{{symbol}}/stops", {"POST": self._stops}),
            self._route("/api/{rest:path}", {}),
        ]

    def _account(self, request: Request, body: bytes) -> Response:
        state = self._engine.accounts[ACCOUNT].state()
        return _answer(
            {
                "currency": state.currency,
                "balance": fee(state.balance_micros),
                "equity": fee(state.equity_micros),
                "available": fee(state.available_micros),
                "unrealized_pnl": fee(state.unrealised_micros),
                "realized_pnl": fee(state.realised_micros),
                "fees": fee(state.fees_micros),
            }
        )

    def _orders(self, request: Request, body: bytes) -> Response:
        symbol = request.query_params.get("symbol")
        name = request.query_params.get("client_order_id")
        account = self._engine.accounts[ACCOUNT]
        orders = account.working_orders()
        if name is not None:
            orders = tuple(one for one in (*orders, *account.order_history()) if one.reference == name)
        return _answer([self._projection.order(one) for one in orders if symbol in {None, one.instrument}])

    def _create(self, request: Request, body: bytes) -> Response:
        order = convert(parse_object(body, exact=True), CreateOrder)
        number = self._submit(place_order(order, self._instrument(order.symbol)))
        return _answer(self._projection.order(self._find_order(str(number))), 201)

    def _create_together(self, request: Request, body: bytes) -> Response:
        pair = convert(parse_object(body, exact=True), CreateOcoOrders)
        number = self._submit(place_together(pair, self._instrument(pair.symbol)))
        legs = [self._find_order(str(number + place)) for place in range(len(pair.orders))]
        return _answer([self._projection.order(leg) for leg in legs], 201)

    def _modify(self, request: Request, body: bytes) -> Response:
        order = self._find_order(request.path_params["id"])
        change = convert(parse_object(body, exact=True), ChangeOrder)
        self._submit(modify_order(change, order, self._instruments[order.instrument]))
        return _answer(self._projection.order(self._find_order(str(order.id))))

    def _order(self, request: Request, body: bytes) -> Response:
        return _answer(self._projection.order(self._find_order(request.path_params["id"])))

    def _cancel(self, request: Request, body: bytes) -> Response:
        number = self._find_order(request.path_params["id"]).id
        self._submit(CancelOrder(account=ACCOUNT, order_id=number))
        return _answer(self._projection.order(self._find_order(str(number))))

    def _positions(self, request: Request, body: bytes) -> Response:
        now = self._engine.now
        states = self._engine.accounts[ACCOUNT].positions()
        return _answer([self._projection.position(state, now) for state in states])

    def _one(self, request: Request, body: bytes) -> Response:
        return self._position_answer(request.path_params["symbol"])

    def _close(self, request: Request, body: bytes) -> Response:
        """Sell what is held, at market; the outcome arrives on the channels."""
        position = self._find_position(request.path_params["symbol"])
        number = self._submit(ClosePosition(account=ACCOUNT, position_id=position.id))
        return _answer(self._projection.order(self._find_order(str(number))))

    def _stops(self, request: Request, body: bytes) -> Response:
        symbol = request.path_params["symbol"]
        position = self._find_position(symbol)
        stops = convert(parse_object(body, exact=True), Stops)
        self._submit(modify_stops(stops, position, self._instruments[position.instrument]))
        return self._position_answer(symbol)

    def _position_answer(self, symbol: str) -> Response:
        return _answer(self._projection.position(self._find_position(symbol), self._engine.now))

    def _instrument(self, symbol: str) -> Instrument:
        instrument = self._instruments.get(symbol)
        if instrument is None:
            raise Refusal(f"Unknown symbol: {printable(symbol[:40])}", 404)
        return instrument

    def _find_order(self, text: str) -> OrderState:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else -1
        order = self._engine.accounts[ACCOUNT].order(number)
        if order is None:
            raise Refusal(f"Unknown order: {printable(text[:40])}", 404)
        return order

    def _find_position(self, symbol: str) -> PositionState:
        key = self._instrument(symbol).key
        for position in self._engine.accounts[ACCOUNT].positions():
            if position.instrument == key:
                return position
        raise Refusal(f"No position in {symbol}", 404)

    def _submit(self, command: Command) -> int:
        outcome = self._engine.submit(command)
        if isinstance(outcome, Refused):
            field = _FIELDS.get(outcome.field or "", outcome.field)
            message = f"{field}: {outcome.message}" if field else outcome.message
            raise Refusal(message, _CODES.get(outcome.code, 400))
        return outcome.id if isinstance(outcome.id, int) else 0

    def _route(self, path: str, handlers: Mapping[str, Handler]) -> Route:
        async def handle(request: Request) -> Response:
            body = await request.body()
            handler = handlers.get("GET" if request.method == "HEAD" else request.method)
            try:
                self._authenticate(request, body)
                wait = self._rate.wait_seconds(self._time.monotonic())
                if wait and request.method != "DELETE":
                    return self._error("Too many requests", 429, {"Retry-After": str(math.ceil(wait))})
                if handler is None:
                    raise Refusal("Not found", 404)
                return handler(request, body)
            except Refusal as refusal:
                return self._error(str(refusal), refusal.code)
            except InputError as error:
                return self._error(str(error), 400)

        return Route(path, handle, methods=list(METHODS))

    def _authenticate(self, request: Request, body: bytes) -> None:
        timestamp = request.headers.get("x-timestamp", "")
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 15):
            raise Refusal("Authentication failed", 401)
        path, query = request.scope["raw_path"], request.scope["query_string"]
        good = self._signatures.accept(
            api_key=request.headers.get("x-api-key", ""),
            timestamp=int(timestamp),
            given=request.headers.get("x-signature", ""),
            method=request.method,
            path=(path + b"?" + query if query else path).decode("latin-1"),
            body=body,
        )
        if not good:
            raise Refusal("Authentication failed", 401)

    def _error(self, message: str, code: int, headers: Mapping[str, str] | None = None) -> Response:
        return _answer(messages.Error(message, code, self._time.epoch_ms()), code, headers)


def _answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")
