"""One request as its handler sees it, and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from starlette.responses import Response

from embedded_server.control.answers import ErrorAnswer
from embedded_server.model.commands import Refused
from embedded_server.model.enums import RefusalCode
from embedded_server.protocols.json_input import InputError, convert, parse_object

Model = TypeVar("Model")


class ControlError(Exception):
    """A refusal: HTTP status, a word for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated request."""

    query: Mapping[str, str]
    body: bytes

    def model(self, kind: type[Model]) -> Model:
        """The JSON body; raises `InputError`."""
        return convert(parse_object(self.body), kind)

    def number(self, name: str, default: int, largest: int) -> int:
        """A whole number of the query, not negative; raises `InputError`."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) <= largest):
            raise InputError(f"{name}: must be a whole number from 0 to {largest}", name)
        return int(text)

    def flag(self, name: str) -> bool:
        """`true` or `false` in the query, false when it is missing; raises `InputError`."""
        text = self.query.get(name, "false")
        if text not in ("true", "false"):
            raise InputError(f"{name}: must be true or false", name)
        return text == "true"


def answer(body: object, status: int = 200) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def failure(error: ControlError) -> Response:
    """The one error shape."""
    response = answer(ErrorAnswer(error.code, str(error)), error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refusal(refused: Refused) -> ControlError:
    """The engine's refusal."""
    unknown = refused.code in (RefusalCode.UNKNOWN_INSTRUMENT, RefusalCode.UNKNOWN_ACCOUNT)
    return ControlError(404 if unknown else 400, refused.code.upper(), refused.message)
