"""The words in which an endpoint says what it speaks, for the documents generated from them. Values only.

Each folder's `operations.py` has one `DESCRIPTION`; beside it `examples.json` holds the document's example
messages, by `client.`, `server.` or `observed.` and the message's type.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal, TypedDict, Unpack

from msgspec import Struct

Sender = Literal["client", "server"]
Security = Literal["bearer", "api_key", "signature"]
Form = object
"""A msgspec model, or whatever else msgspec can describe (`list[Model]`, `str`)."""

JSON = "application/json"


class Origin(Enum):
    """Who defined it (CLARIFICATIONS.md): the document, the field, or we."""

    DOCUMENT = "document"
    OBSERVED = "observed"
    EXTENSION = "extension"


class Operation(Struct, frozen=True):
    """One message in one direction. `name` is unique in its endpoint; `type` is the word on the wire."""

    name: str
    sender: Sender
    model: Form
    title: str
    summary: str
    type: str = ""
    """Only where it is not the name."""
    when: str = ""
    """How often, or upon what."""
    replies: tuple[str, ...] = ()
    """Names of the messages that may answer, the good one first."""
    origin: Origin = Origin.DOCUMENT
    constants: Mapping[str, str | None] = {}
    """Fields whose value the model leaves open and this message does not."""
    content_type: str = JSON
    binary: bool = False
    """Sent as a binary frame."""
    example: object = None
    """Only where `examples.json` has none."""

    @property
    def example_prefix(self) -> str:
        """What this message's examples are called: this, or this and a dot and a word."""
        author = "observed" if self.origin is Origin.OBSERVED else self.sender
        return f"{author}.{self.type or self.name}"


class Code(Struct, frozen=True):
    """An error or close code and what it means."""

    code: str | int
    meaning: str
    origin: Origin = Origin.DOCUMENT


class Parameter(Struct, frozen=True):
    """A query parameter or header."""

    name: str
    meaning: str
    required: bool = False
    form: Form = str


class HttpOperation(Struct, frozen=True):
    """One method of one path. `{id}` in a path is an integer, any other parameter a text."""

    method: str
    path: str
    summary: str
    answer: Form = None
    status: int = 200
    body: Form = None
    body_optional: bool = False
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    security: Security | None = None
    refusals: tuple[int, ...] = ()
    """HTTP statuses answered with the endpoint's error shape."""
    refusal: Form = None
    """Where this operation's error shape is another."""
    content_type: str = JSON
    origin: Origin = Origin.DOCUMENT
    tag: str = ""


class Terms(TypedDict, total=False):
    """What one of many operations says beyond method, path, summary and answer (`HttpOperation`)."""

    body: Form
    body_optional: bool
    status: int
    query: tuple[Parameter, ...]
    refusals: tuple[int, ...]
    origin: Origin


class Description(Struct, frozen=True):
    """All of one endpoint."""

    title: str
    source: str
    """The document it follows."""
    summary: str
    operations: tuple[Operation, ...]
    connecting: tuple[str, ...] = ()
    """What happens first, in sentences."""
    query: tuple[Parameter, ...] = ()
    """Of the upgrade request."""
    headers: tuple[Parameter, ...] = ()
    errors: tuple[Code, ...] = ()
    closes: tuple[Code, ...] = ()
    extension_fields: Mapping[str, tuple[str, ...]] = {}
    """Model -> fields that no document has."""
    http: tuple[HttpOperation, ...] = ()
    refusal: Form = None
    """The error shape of the HTTP operations."""
    asyncapi: Literal["2.4.0", "3.1.0"] = "3.1.0"
    version: str = "1.0.0"


class Details(TypedDict, total=False):
    """What else an operation may say."""

    name: str
    type: str
    when: str
    replies: tuple[str, ...]
    origin: Origin
    constants: Mapping[str, str | None]
    example: object


def client(model: type[Struct], title: str, summary: str, **details: Unpack[Details]) -> Operation:
    """A message clients send, named by its model's tag."""
    details.setdefault("name", str(model.__struct_config__.tag))
    return Operation(sender="client", model=model, title=title, summary=summary, **details)


def server(model: type[Struct], title: str, summary: str, **details: Unpack[Details]) -> Operation:
    """A message the server sends, named by its model's tag."""
    details.setdefault("name", str(model.__struct_config__.tag))
    return Operation(sender="server", model=model, title=title, summary=summary, **details)
