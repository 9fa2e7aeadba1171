"""What every listener answers besides its endpoints: health, metrics, and these documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from embedded_server.documentation.addresses import OPENAPI_PATH
from embedded_server.protocols.operation import HttpOperation, Origin


class Health(Struct, frozen=True):
    """`status` is `ok`, or why no orders are taken (then the answer is a 503).

    `endpoints` counts the open connections of each endpoint of the port.
    """

    status: str
    endpoints: dict[str, int]


def own_operations(pages: Sequence[str]) -> Iterator[HttpOperation]:
    """The operations of a listener whose endpoints' pages are at these paths."""
    yield HttpOperation("GET", "/health", "Whether the server is alive and takes orders.", Health)
    yield HttpOperation(
        "GET",
        "/metrics",
        "Figures of the whole server in Prometheus' text format, the same on every port.",
        content_type="text/plain",
        origin=Origin.EXTENSION,
    )
    for page in pages:
        yield _document(f"{page}.json", "The AsyncAPI document of the WebSocket.", "application/json")
        yield _document(page, "The same as a page.", "text/html")
    yield _document(OPENAPI_PATH, "This document.", "application/json")


def _document(path: str, summary: str, content_type: str) -> HttpOperation:
    return HttpOperation(
        "GET", path, summary, content_type=content_type, origin=Origin.EXTENSION, tag="documentation"
    )
