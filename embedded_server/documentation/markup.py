"""HTML as text: everything that is not markup is escaped here, and only here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from embedded_server.protocols.operation import Origin


def prose(text: str) -> str:
    """A sentence; what stands in backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def code(text: str) -> str:
    """A word of a program."""
    return f"<code>{escape(text)}</code>"


def block(text: str) -> str:
    """Lines of code."""
    return f"<pre><code>{escape(text)}</code></pre>"


def link(target: str, text: str) -> str:
    """A link within the page or the server."""
    return f'<a href="{escape(target)}">{escape(text)}</a>'


def badge(kind: str, text: str) -> str:
    """A small label."""
    return f'<span class="badge {escape(kind)}">{escape(text)}</span>'


def origin_badge(origin: Origin) -> str:
    """Nothing for what the document has."""
    return "" if origin is Origin.DOCUMENT else badge(origin.value, origin.value)


def bullets(items: Iterable[str], kind: str = "ul") -> str:
    """A list of HTML items."""
    return f"<{kind}>{''.join(f'<li>{item}</li>' for item in items)}</{kind}>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of HTML cells; nothing without rows."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def anchor(*words: str) -> str:
    """An id for a part of the page."""
    return escape("-".join(re.sub(r"[^\w.]+", "-", word).strip("-") for word in words))
