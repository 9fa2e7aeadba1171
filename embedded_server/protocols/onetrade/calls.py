"""One REST call as its handler sees it, and its answers. Handlers are plain functions of a `Call`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import msgspec
from starlette.responses import Response

from embedded_server.model.commands import Refused
from embedded_server.model.enums import RefusalCode
from embedded_server.protocols.json_input import InputError, convert, parse_object
from embedded_server.protocols.onetrade.messages import ErrorReply
from embedded_server.protocols.onetrade.sessions import Session

Model = TypeVar("Model")


class ApiError(Exception):
    """A refusal: HTTP status, a word for programs, a sentence for people."""

    def __init__(
        self, status: int, message: str, error: str | None = None, *, retry_seconds: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_seconds = retry_seconds
        """Told as `Retry-After`."""
        self.error = error or HTTPStatus(status).phrase.upper().replace(" ", "_")


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated request."""

    method: str
    parameters: Mapping[str, str]
    """Of the path."""
    query: Mapping[str, str]
    body: bytes
    base_url: str
    """Scheme, host and port the client used."""
    session: Session

    def number(self, name: str = "id") -> int:
        """A path parameter that must be a positive integer; 404 otherwise."""
        text = self.parameters.get(name, "")
        if not (text.isascii() and text.isdecimal() and len(text) <= 18):
            raise ApiError(404, f"there is no {text[:40]!a}")
        return int(text)

    def model(self, kind: type[Model]) -> Model:
        """The JSON body, decimals exact; raises `InputError`."""
        return convert(parse_object(self.body, exact=True), kind)


Handler = Callable[[Call], Response]
Table = dict[str, dict[str, Handler]]
"""Path -> method -> handler."""

_STATUS = {
    RefusalCode.UNKNOWN_INSTRUMENT: 404,
    RefusalCode.UNKNOWN_ACCOUNT: 404,
    RefusalCode.UNKNOWN_ORDER: 404,
    RefusalCode.UNKNOWN_POSITION: 404,
    RefusalCode.UNKNOWN_STRATEGY: 404,
    RefusalCode.INVALID: 400,
    RefusalCode.INVALID_STATE: 409,
    RefusalCode.INSUFFICIENT_FUNDS: 400,
    RefusalCode.LIMIT_EXCEEDED: 403,
    RefusalCode.NOT_TRADABLE: 403,
    RefusalCode.KILL_SWITCH: 403,
    RefusalCode.OFFER_GONE: 409,
    RefusalCode.UNAVAILABLE: 503,
}

_FIELDS = {
    "lots": "volume",
    "price": "order_price",
    "stop_price": "order_price",
    "stop_loss": "price_sl",
    "take_profit": "price_tp",
    "expires_at": "time_expiration",
    "instrument": "symbol_id",
    "kind": "type",
    "deviation_ticks": "deviation",
    "reference": "external_id",
    "trailing_ticks": "trailing_stop",
    "start": "from",
    "end": "to",
}
"""A command's field -> the body's."""


def answer(body: object, status: int = 200) -> Response:
    """JSON: lists are bare arrays, objects bare objects."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def failure(error: ApiError) -> Response:
    """The one error shape (observed)."""
    response = answer(ErrorReply(error.status, False, error.error, str(error)), error.status)
    if error.retry_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_seconds)
    return response


def refusal(refused: Refused) -> ApiError:
    """The engine's refusal as an HTTP error that names the body's field."""
    field = _FIELDS.get(refused.field or "", refused.field)
    message = f"{field}: {refused.message}" if field else refused.message
    return ApiError(_STATUS[refused.code], message, refused.code.upper())


def bad_input(error: InputError) -> ApiError:
    """What a client sent cannot be used."""
    return ApiError(400, str(error), "INVALID")
