"""OneTrade's HTTP routes: login, session check, logout, and the trader's calls behind the bearer token."""

from __future__ import annotations

import hmac
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedded_server.model.instruments import Instrument
from embedded_server.protocols.facade import Services
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.onetrade import messages
from embedded_server.protocols.onetrade.calls import (
    ApiError,
    Call,
    Handler,
    Table,
    answer,
    bad_input,
    failure,
)
from embedded_server.protocols.onetrade.desk import Desk
from embedded_server.protocols.onetrade.login_throttle import LoginThrottle
from embedded_server.protocols.onetrade.orders import Orders
from embedded_server.protocols.onetrade.positions import Positions
from embedded_server.protocols.onetrade.projection import Projection
from embedded_server.protocols.onetrade.reference import Reference
from embedded_server.protocols.onetrade.reports import PREFIX, Reports
from embedded_server.protocols.onetrade.sessions import Claim, Session, Sessions

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
IN_USE = Claim.IN_USE.value

Endpoint = Callable[[Request], Awaitable[Response]]


class Rest:
    """The HTTP half of the endpoint."""

    def __init__(
        self,
        services: Services,
        sessions: Sessions,
        projection: Projection,
        instruments: Mapping[str, Instrument],
        displace: Callable[[Session], None],
    ) -> None:
        self._time = services.time
        self._api_key = services.credentials.onetrade.api_key
        self._sessions = sessions
        self._throttle = LoginThrottle()
        self._displace = displace
        self._desk = Desk(services.engine, instruments, projection)
        self._reports = Reports(self._desk)
        self.report_url = self._reports.url

    def routes(self) -> Sequence[Route]:
        """All routes; anything else under /api/ is a 404 in the one error shape."""
        table: Table = {}
        for resource in (Orders(self._desk), Positions(self._desk), Reference(self._desk), self._reports):
            table.update(resource.table())
        return [
            _route("/api/v1/oauth2/login", {"POST": self._login}),
            _route("/api/v1/oauth2/logout", {"POST": self._logout}),
            _route("/ws/v1/{session_id}", {"POST": self._check_session}),
            _route(f"{PREFIX}/reports/{{id}}/download", {"GET": self._download}),
            *(_route(PREFIX + path, self._guarded(handlers)) for path, handlers in table.items()),
            _route("/api/{rest:path}", dict.fromkeys(METHODS, _unknown)),
        ]

    async def _login(self, request: Request) -> Response:
        """`API-Key` header -> access token and session id (observed)."""
        grant = request.query_params.get("grant_type", "api_key")
        if grant != "api_key":
            raise ApiError(400, "grant_type: must be api_key", "INVALID")
        peer = request.client.host if request.client else ""
        wait = self._throttle.wait_seconds(peer, self._time.monotonic())
        if wait:
            raise ApiError(429, "too many failed logins; wait a minute", retry_seconds=math.ceil(wait))
        key = request.headers.get("api-key", "")
        if not hmac.compare_digest(key.encode("utf-8", "replace"), self._api_key.encode()):
            self._throttle.failed(peer, self._time.monotonic())
            raise ApiError(401, "API key is not valid")
        remember = request.query_params.get("remember_me", "false").lower() == "true"
        session = self._sessions.login(self._time.monotonic(), remember=remember)
        self._desk.record("login")
        return answer(messages.LoginReply(True, messages.LoginData(session.token, session.id)))

    async def _logout(self, request: Request) -> Response:
        """End the session of the bearer token (extension); its socket gets `session_logout`."""
        session = self._authenticate(request)
        self._displace(session)
        self._sessions.end(session)
        self._desk.record("logout")
        return answer(messages.Done())

    async def _check_session(self, request: Request) -> Response:
        """200 if a socket may be opened. `?takeover=true` with the bearer token displaces the one that is."""
        now = self._time.monotonic()
        session = self._sessions.of_id(request.path_params["session_id"], now)
        if session is None:
            return answer(messages.Text("session not found"), 404)
        if session.in_use(now) and request.query_params.get("takeover", "").lower() == "true":
            if self._authenticate(request) is not session:
                raise ApiError(403, "the access token belongs to another session")
            self._displace(session)
        if session.in_use(now):
            return answer(messages.Text(IN_USE), 400)
        return answer(messages.Done())

    async def _download(self, request: Request) -> Response:
        number = request.path_params["id"]
        if not (number.isascii() and number.isdecimal() and len(number) <= 18):
            raise ApiError(404, "there is no such report", "UNKNOWN_REPORT")
        session = self._sessions.of_token(_bearer(request), self._time.monotonic())
        query = request.query_params
        key = query.get("key", "").encode("ascii", "replace").decode()
        return self._reports.download(int(number), key, query.get("format"), authorised=session is not None)

    def _guarded(self, handlers: Mapping[str, Handler]) -> Mapping[str, Endpoint]:
        return {method: self._endpoint(handler) for method, handler in handlers.items()}

    def _endpoint(self, handler: Handler) -> Endpoint:
        async def call(request: Request) -> Response:
            session = self._authenticate(request)
            body = await request.body()
            return handler(
                Call(
                    method=request.method,
                    parameters=request.path_params,
                    query=request.query_params,
                    body=body,
                    base_url=str(request.base_url).rstrip("/"),
                    session=session,
                )
            )

        return call

    def _authenticate(self, request: Request) -> Session:
        session = self._sessions.of_token(_bearer(request), self._time.monotonic())
        if session is None:
            raise ApiError(401, "access token is missing or not valid")
        return session


def _route(path: str, endpoints: Mapping[str, Endpoint]) -> Route:
    """One route a path: a method it does not have is 405 in the one error shape."""

    async def handle(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        endpoint = endpoints.get(method)
        try:
            if endpoint is None:
                raise ApiError(405, f"{request.method} is not possible here")
            return await endpoint(request)
        except ApiError as error:
            return failure(error)
        except InputError as error:
            return failure(bad_input(error))

    return Route(path, handle, methods=list(METHODS))


async def _unknown(request: Request) -> Response:
    raise ApiError(404, "there is nothing at this path")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
