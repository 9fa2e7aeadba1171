"""The documents of one listener, each built when it is first asked for and kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from embedded_server.documentation.asyncapi import asyncapi_document
from embedded_server.documentation.openapi import openapi_document
from embedded_server.documentation.own_operations import own_operations
from embedded_server.documentation.page import render_page
from embedded_server.documentation.reference import Reference, build_reference, description_of
from embedded_server.protocols.facade import Facade
from embedded_server.protocols.operation import HttpOperation

HERE = "here.invalid:80"
"""Stands for the address a document is served at, which is known only when it is asked for."""
ADDRESS = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")


class Library:
    """Documents of these façades, by the path of their page; `more` is what else the listener answers."""

    def __init__(
        self, facades: Mapping[str, type[Facade]], more: Sequence[HttpOperation] = (), scheme: str = "ws"
    ) -> None:
        self._facades = facades
        self._more = more
        self._scheme = scheme
        self._references: dict[str, Reference] = {}
        self._documents: dict[tuple[str, str], bytes] = {}

    def asyncapi(self, page: str, host: str) -> bytes | None:
        """The AsyncAPI document, or None if the endpoint describes nothing; `host` as the client named it."""
        return self._kept(
            "asyncapi",
            page,
            host,
            lambda reference: msgspec.json.encode(asyncapi_document(reference, HERE, self._scheme)),
        )

    def page(self, page: str, host: str) -> bytes | None:
        """The HTML page, or None if the endpoint describes nothing."""
        return self._kept(
            "page", page, host, lambda one: render_page(one, HERE, f"{page}.json", self._scheme).encode()
        )

    def openapi(self) -> bytes:
        """The OpenAPI document of the listener."""
        key = ("openapi", "")
        if key not in self._documents:
            references = [one for one in map(self._reference, self._facades) if one is not None]
            pages = [page for page in self._facades if self._reference(page) is not None]
            title = ", ".join(reference.name for reference in references) or "the server"
            document = openapi_document(
                f"HTTP of {title}",
                [one.description for one in references],
                [*self._more, *own_operations(pages)],
            )
            self._documents[key] = msgspec.json.encode(document)
        return self._documents[key]

    def _kept(self, kind: str, page: str, host: str, build: Callable[[Reference], bytes]) -> bytes | None:
        key = (kind, page)
        if key not in self._documents:
            reference = self._reference(page)
            if reference is None:
                return None
            self._documents[key] = build(reference)
        address = host if ADDRESS.fullmatch(host) else f"localhost:{self._facades[page].port}"
        return self._documents[key].replace(HERE.encode(), address.encode())

    def _reference(self, page: str) -> Reference | None:
        if page not in self._references:
            description = description_of(self._facades[page])
            if description is None:
                return None
            self._references[page] = build_reference(self._facades[page], description)
        return self._references[page]
