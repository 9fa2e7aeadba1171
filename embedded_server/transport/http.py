"""The HTTP half of a listener: façades' routes, health and metrics, 404 otherwise, all behind admission."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from embedded_server.transport.admission import Admission

Settled = Callable[[], Awaitable[bool]]
WITHHELD = "what was asked for may or may not last: the journal cannot be synced"
HEALTH, METRICS = "/health", "/metrics"
"""What they say is no answer to a command: they speak also while the journal cannot be synced."""
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def always() -> bool:
    """For a server without a journal."""
    return True


def build_application(
    routes: Sequence[BaseRoute],
    *,
    health: Callable[[], dict[str, object]],
    metrics: Callable[[], bytes] | None,
    admission: Admission,
    body_bytes: int,
    wake: Callable[[], None],
    settled: Settled,
) -> ASGIApp:
    """One listener's application; its handlers must be coroutines, or Starlette runs them in a thread.

    `wake` is called after each request: its handler may have sent commands. `settled` is awaited before each
    answer; where it says False, what was asked for is not certain to last, and the answer is a 500.
    """

    async def answer_health(request: Request) -> Response:
        content = health()
        return JSONResponse(content, status_code=200 if content["status"] == "ok" else 503)

    async def answer_metrics(request: Request) -> Response:
        assert metrics is not None
        return Response(metrics(), media_type=METRICS_TYPE)

    own = [Route(HEALTH, answer_health)]
    if metrics is not None:
        own.append(Route(METRICS, answer_metrics))
    application = Starlette(
        routes=[*own, *routes],
        middleware=_cross_origin(admission.origins),
        exception_handlers={HTTPException: _answer_error},
    )
    return Guard(application, admission=admission, body_bytes=body_bytes, wake=wake, settled=settled)


async def _answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    content = {"success": False, "message": error.detail}
    return JSONResponse(content, status_code=error.status_code, headers=error.headers)


def _cross_origin(origins: Sequence[str]) -> list[Middleware]:
    """What browsers ask for; without an allowed origin they are told nothing, and refuse by themselves."""
    if not origins:
        return []
    every = ["*"]
    return [Middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=every, allow_headers=every)]


class Guard:
    """ASGI middleware: refuses strangers and large bodies."""

    def __init__(
        self,
        application: ASGIApp,
        *,
        admission: Admission,
        body_bytes: int,
        wake: Callable[[], None],
        settled: Settled,
    ) -> None:
        self._application = application
        self._admission = admission
        self._body_bytes = body_bytes
        self._wake = wake
        self._settled = settled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._admission.refusal(headers)
        if refusal is not None:
            await PlainTextResponse(refusal.body, refusal.status)(scope, receive, send)
            return
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._body_bytes:
                raise HTTPException(413, "body too large")
            return message

        own = scope["path"] in (HEALTH, METRICS)
        withheld = False

        async def send_settled(message: Message) -> None:
            nonlocal withheld
            if message["type"] == "http.response.start" and not own and not await self._settled():
                withheld = True
                await JSONResponse({"success": False, "message": WITHHELD}, 500)(scope, receive, send)
            if not withheld:
                await send(message)

        try:
            await self._application(scope, receive_limited, send_settled)
        finally:
            self._wake()
