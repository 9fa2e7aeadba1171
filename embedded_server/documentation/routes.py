"""The routes that serve a listener's documents. Of this package a start imports this and addresses.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedded_server.documentation.addresses import OPENAPI_PATH, documentation_pages
from embedded_server.protocols.facade import Facade

if TYPE_CHECKING:
    from embedded_server.documentation.library import Library
    from embedded_server.protocols.operation import HttpOperation

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def documentation_routes(
    facades: Sequence[Facade], more: Sequence[HttpOperation] = (), scheme: str = "ws"
) -> list[Route]:
    """Pages and documents of the endpoints of one port; `more` is what else it answers by HTTP."""
    pages = documentation_pages([type(facade) for facade in facades])

    @cache
    def library() -> Library:
        from embedded_server.documentation.library import Library

        return Library(pages, more, scheme)

    def openapi(_host: str) -> bytes | None:
        return library().openapi()

    def asyncapi(page: str, host: str) -> bytes | None:
        return library().asyncapi(page, host)

    def html(page: str, host: str) -> bytes | None:
        return library().page(page, host)

    routes = [_route(OPENAPI_PATH, "application/json", openapi)]
    for page in pages:
        routes.append(_route(f"{page}.json", "application/json", partial(asyncapi, page)))
        routes.append(_route(page, "text/html; charset=utf-8", partial(html, page)))
    return routes


def _route(path: str, content_type: str, find: Callable[[str], bytes | None]) -> Route:
    async def handle(request: Request) -> Response:
        return _answer(find(request.headers.get("host", "")), content_type)

    return Route(path, handle)


def _answer(content: bytes | None, content_type: str) -> Response:
    if content is None:
        raise HTTPException(404)
    headers = {
        "Content-Type": content_type,
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
    return Response(content, headers=headers)
