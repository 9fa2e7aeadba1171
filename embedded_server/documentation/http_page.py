"""The HTML page of a listener that speaks HTTP only."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from embedded_server.documentation import markup
from embedded_server.documentation.addresses import OPENAPI_PATH
from embedded_server.documentation.cards import frame, http_cards, http_contents
from embedded_server.protocols.operation import HttpOperation


def render_http_page(title: str, sentences: Sequence[str], operations: Sequence[HttpOperation]) -> str:
    """Title, what to know first, and a card for each operation."""
    return frame(
        title,
        (
            f"<h1>{escape(title)}</h1>",
            *(f"<p>{markup.prose(sentence)}</p>" for sentence in sentences),
            f"<p>Machine-readable: {markup.link(OPENAPI_PATH, 'OpenAPI 3.1')}.</p>",
            f'<h2 id="contents">Contents</h2>\n<nav>{markup.bullets(http_contents(operations))}</nav>',
            '<h2 id="operations">Operations</h2>',
            *http_cards(operations, None, {}),
        ),
    )
