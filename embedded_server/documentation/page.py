"""The HTML page of an endpoint: one file, no script, nothing to fetch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

from embedded_server.documentation import markup
from embedded_server.documentation.addresses import OPENAPI_PATH
from embedded_server.documentation.cards import card, fields, frame, http_cards, http_contents, parameters
from embedded_server.documentation.field_rows import FieldRows
from embedded_server.documentation.reference import Message, Reference
from embedded_server.protocols.operation import Code

DIRECTIONS = {"client": "Client to server", "server": "Server to client"}


def render_page(reference: Reference, host: str, document_path: str, scheme: str = "ws") -> str:
    """The page, served at `scheme` and `host`; its AsyncAPI document is at `document_path`."""
    description = reference.description
    parts = [
        f"<h1>{escape(description.title)}</h1>",
        f'<p class="dim">{markup.code(reference.name)} follows {markup.code(description.source)}, version '
        f"{escape(description.version)}.</p>",
        f"<p>{markup.prose(description.summary)}</p>",
        _connecting(reference, f"{scheme}://{host}", document_path),
        _contents(reference),
        *(_messages(reference, sender) for sender in DIRECTIONS),
        _codes("Error codes", "errors", description.errors),
        _codes("Close codes", "closes", description.closes),
        _http(reference),
    ]
    return frame(description.title, parts)


def _connecting(reference: Reference, base: str, document_path: str) -> str:
    description = reference.description
    required = "&".join(f"{one.name}=..." for one in description.query if one.required)
    url = f"{base}{reference.path}{'?' if required else ''}{required}"
    usual = f"ws://localhost:{reference.port}{reference.path}"
    return "\n".join(
        (
            '<h2 id="connect">Connect</h2>',
            markup.block(url),
            f'<p class="dim">By default the endpoint is at {markup.code(usual)}.</p>',
            markup.bullets(map(markup.prose, description.connecting), "ol"),
            parameters("Query parameter", description.query),
            parameters("Header", description.headers),
            f"<p>Machine-readable: {markup.link(document_path, f'AsyncAPI {description.asyncapi}')}, "
            f"{markup.link(OPENAPI_PATH, 'OpenAPI 3.1')} of this port.</p>",
            f"<p>What is marked {markup.badge('extension', 'extension')} no document defines; "
            f"{markup.badge('observed', 'observed')} is what software in the field does.</p>",
        )
    )


def _contents(reference: Reference) -> str:
    def entries() -> Iterator[str]:
        for message in reference.messages:
            operation = message.operation
            kind = markup.badge(operation.sender, operation.sender)
            target = "#" + markup.anchor(operation.sender, operation.name)
            yield markup.link(target, operation.name) + kind + markup.origin_badge(operation.origin)
        yield from http_contents(reference.description.http)

    return f'<h2 id="contents">Contents</h2>\n<nav>{markup.bullets(entries())}</nav>'


def _messages(reference: Reference, sender: str) -> str:
    rows = FieldRows(reference.schemas)
    cards = [_message(one, rows) for one in reference.messages if one.operation.sender == sender]
    return f'<h2 id="{sender}">{DIRECTIONS[sender]}</h2>\n' + "\n".join(cards)


def _message(message: Message, rows: FieldRows) -> str:
    operation = message.operation
    badges = markup.badge(operation.sender, f"from {operation.sender}") + markup.origin_badge(
        operation.origin
    )
    parts = [
        f"<h3>{markup.code(operation.type or operation.name)} {escape(operation.title)}{badges}</h3>",
        f"<p>{markup.prose(operation.summary)}</p>",
    ]
    if operation.when:
        parts.append(f'<p class="dim">{markup.prose(operation.when)}.</p>')
    if operation.replies:
        links = ", ".join(
            markup.link("#" + markup.anchor("server", name), name) for name in operation.replies
        )
        parts.append(f"<p>Answered by {links}.</p>")
    parts.append(fields(message.schema, rows))
    parts.extend(_example(name, example) for name, example in message.examples.items())
    return card(markup.anchor(operation.sender, operation.name), parts)


def _example(name: str, example: object) -> str:
    text = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    return f'<p class="dim">Example {markup.code(name)}</p>' + markup.block(text)


def _codes(title: str, identity: str, codes: Sequence[Code]) -> str:
    rows = [
        (escape(str(one.code)) + markup.origin_badge(one.origin), markup.prose(one.meaning)) for one in codes
    ]
    return f'<h2 id="{identity}">{title}</h2>\n' + markup.table(("Code", "Meaning"), rows) if rows else ""


def _http(reference: Reference) -> str:
    description = reference.description
    if not description.http:
        return ""
    cards = http_cards(description.http, description.refusal, description.extension_fields)
    return '<h2 id="rest">REST</h2>\n' + "\n".join(cards)
