"""The control endpoint: a handler for each operation, behind the bearer token."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from embedded_server.control import requests as r
from embedded_server.control.answers import EventsAnswer, LoggedEvent
from embedded_server.control.calls import Call, ControlError, answer, failure
from embedded_server.control.conditions import EVENT_TYPES
from embedded_server.control.event_log import EventLog
from embedded_server.control.faults import Faults
from embedded_server.control.human import Human
from embedded_server.control.operations import OPERATIONS, SENTENCES, TITLE
from embedded_server.control.time_control import TimeControl
from embedded_server.engine.engine import Engine
from embedded_server.engine.snapshot import take_snapshot
from embedded_server.model.events import Event
from embedded_server.protocols.facade import TimeSource
from embedded_server.protocols.injections import AnyError, AnyMessage
from embedded_server.protocols.json_input import InputError
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.pacer import Pacer

NAME = "control"
PORT = 8099
HOST = "127.0.0.1"
MOST_EVENTS = 10_000
LARGEST = 10**18

Handler = Callable[[Call], object | Awaitable[object]]


class Control:
    """What tests may do to one server."""

    def __init__(
        self,
        engine: Engine,
        endpoints: Mapping[str, Endpoint],
        pacer: Pacer,
        time: TimeSource,
        *,
        token: str,
        advance: Callable[[float], Awaitable[None]],
    ) -> None:
        self._engine = engine
        self._token = token.encode()
        self._human = Human(engine.market.instruments)
        self._time = TimeControl(engine, pacer, time, self._human, advance)
        self._faults = Faults(engine, endpoints)
        self._log = EventLog()
        engine.bus.subscribe(self._log.append)

    def routes(self) -> list[Route]:
        """All routes; anything else is a 404 in the one error shape."""
        table = self._table()
        assert list(table) == [(one.method, one.path) for one in OPERATIONS]
        paths: dict[str, dict[str, Handler]] = {}
        for (method, path), handler in table.items():
            paths.setdefault(path, {})[method] = handler
        return [
            Route("/", _page),
            *(self._route(path, handlers) for path, handlers in paths.items()),
            self._route("/{rest:path}", {}),
        ]

    def _table(self) -> dict[tuple[str, str], Handler]:
        """Bodies are read here, strictly, so that handlers get values."""
        time, faults = self._time, self._faults
        any_event: Any = r.AnyEvent
        any_error: Any = AnyError
        any_message: Any = AnyMessage
        return {
            ("GET", "/clock"): lambda call: time.state(),
            ("POST", "/clock"): lambda call: time.set(call.model(r.SetClock)),
            ("POST", "/clock/step"): lambda call: time.step(call.model(r.Step)),
            ("POST", "/clock/run-until"): lambda call: time.run_until(call.model(r.RunUntil)),
            ("GET", "/snapshot"): self._snapshot,
            ("GET", "/events"): self._events,
            ("GET", "/clients"): lambda call: faults.clients(),
            ("POST", "/inject/price"): lambda call: faults.price(call.model(r.Price)),
            ("POST", "/inject/requote"): lambda call: faults.requote(call.model(r.Requote)),
            ("POST", "/inject/event"): lambda call: faults.event(call.model(any_event)),
            ("POST", "/inject/error"): lambda call: faults.message(call.model(any_error)),
            ("POST", "/inject/message"): lambda call: faults.message(call.model(any_message)),
            ("POST", "/inject/disconnect"): lambda call: faults.disconnect(call.model(r.Disconnect)),
            ("POST", "/inject/silence"): lambda call: faults.silence(call.model(r.Silence)),
        }

    def _snapshot(self, call: Call) -> object:
        raw = call.flag("raw")
        self._engine.publish()  # so that its sequence counts all that led to it
        snapshot = take_snapshot(self._engine)
        return snapshot if raw else self._human.show(snapshot)

    def _events(self, call: Call) -> EventsAnswer:
        raw = call.flag("raw")
        after = call.number("after", -1, LARGEST)
        types = _types(call.query.get("types", ""))
        limit = call.number("limit", 1000, MOST_EVENTS)
        self._engine.publish()
        entries = self._log.after(after, types, limit)
        full = len(entries) == limit
        return EventsAnswer(
            events=[
                LoggedEvent(
                    sequence=number,
                    type=type(event).__name__,
                    event=event if raw else self._human.show(event),
                )
                for number, event in entries
            ],
            next=(entries[-1][0] if entries else after) if full else self._engine.bus.sequence - 1,
            lost=self._log.lost(after, types),
        )

    def _route(self, path: str, handlers: Mapping[str, Handler]) -> Route:
        async def handle(request: Request) -> Response:
            try:
                self._authenticate(request)
                if not handlers:
                    raise ControlError(404, "NOT_FOUND", "there is nothing at this path")
                handler = handlers.get("GET" if request.method == "HEAD" else request.method)
                if handler is None:
                    raise ControlError(405, "METHOD_NOT_ALLOWED", f"{request.method} is not possible here")
                result = handler(Call(request.query_params, await request.body()))
                return answer(await result if isinstance(result, Awaitable) else result)
            except ControlError as error:
                return failure(error)
            except InputError as error:
                return failure(ControlError(400, "INVALID", str(error)))
            except HTTPException as error:
                return failure(ControlError(error.status_code, "REFUSED", error.detail))

        return Route(path, handle, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])

    def _authenticate(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip().encode("utf-8", "replace")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given, self._token):
            raise ControlError(
                401, "UNAUTHORIZED", "the token is missing or not the one of the credentials file"
            )


def _types(text: str) -> list[type[Event]]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in EVENT_TYPES:
            raise InputError(f"types: {name!r} is none of {', '.join(EVENT_TYPES)}", "types")
    return [EVENT_TYPES[name] for name in names]


async def _page(_request: Request) -> Response:
    """This endpoint as a page; no token is needed to read it."""
    from embedded_server.documentation.http_page import render_http_page

    return HTMLResponse(render_http_page(TITLE, SENTENCES, OPERATIONS))
