"""Which messages a client may send to an endpoint: JSON in, the endpoint's model or `RequestError` out."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

from embedded_server.protocols.json_input import InputError, convert, parse_object, printable

Request = TypeVar("Request", bound=Struct)


class RequestError(InputError):
    """A message that an endpoint cannot act on. `request` is its type, as far as that could be read."""

    def __init__(self, message: str, *, request: str | None = None, field: str | None = None) -> None:
        super().__init__(message, field)
        self.request = request


class ClientMessages(Generic[Request]):
    """The client messages of one endpoint, told apart by the tag of their models."""

    def __init__(self, *kinds: type[Request]) -> None:
        self.kinds: dict[str, type[Request]] = {}
        for kind in kinds:
            self.kinds[str(kind.__struct_config__.tag)] = kind

    def read(self, message: str | bytes) -> Request:
        """Read and check one message, which must be text; raises `RequestError`."""
        request: str | None = None
        try:
            if isinstance(message, bytes):
                raise InputError("a text message is expected")
            value = parse_object(message)
            name = _type(value)
            request = printable(name)
            kind = self.kinds.get(name)
            if kind is None:
                raise InputError(f"unknown message type {name!r}", "type")
            return convert(value, kind)
        except InputError as error:
            raise RequestError(str(error), request=request, field=error.field) from None


def _type(value: dict[str, object]) -> str:
    kind = value.get("type")
    if not isinstance(kind, str):
        raise InputError("a message needs a type, which is a text", "type")
    return kind
