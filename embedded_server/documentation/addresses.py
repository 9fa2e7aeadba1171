"""Where the documents of a port are. Routes and documents alike take it from here; it imports neither."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_server.protocols.facade import Facade

OPENAPI_PATH = "/openapi.json"


def documentation_pages(facades: Sequence[type[Facade]]) -> dict[str, type[Facade]]:
    """Where each endpoint's page is: a second one of a port that wants the same path has it below its own."""
    pages: dict[str, type[Facade]] = {}
    for facade in facades:
        page = facade.page if facade.page not in pages else f"{facade.path.rstrip('/')}/asyncapi"
        pages[page] = facade
    return pages
