"""The HTML page of a listener that speaks HTTP only: one file, no script, nothing to fetch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from embedded_server.documentation import markup
from embedded_server.documentation.field_rows import FieldRows
from embedded_server.documentation.openapi import Forms
from embedded_server.documentation.routes import OPENAPI_PATH
from embedded_server.documentation.schemas import SCHEMAS, Json
from embedded_server.protocols.operation import HttpOperation, Parameter

FIELD_HEADS = ("Field", "Type", "", "Meaning")


def render_http_page(title: str, sentences: Sequence[str], operations: Sequence[HttpOperation]) -> str:
    """The page of these operations."""
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    forms = Forms(operations, {})
    rows = FieldRows(forms.components)
    links = [markup.link("#" + _anchor(one), f"{one.method} {one.path}") for one in operations]
    parts = [
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{markup.prose(sentence)}</p>" for sentence in sentences),
        f"<p>Machine-readable: {markup.link(OPENAPI_PATH, 'OpenAPI 3.1')}.</p>",
        f"<nav>{markup.bullets(links)}</nav>",
        *(_operation(one, forms, rows) for one in operations),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _operation(operation: HttpOperation, forms: Forms, rows: FieldRows) -> str:
    parts = [
        f"<h3>{markup.code(f'{operation.method} {operation.path}')}</h3>",
        f"<p>{markup.prose(operation.summary)}</p>",
        _parameters(operation.query),
    ]
    if operation.body is not None:
        parts += ['<p class="dim">Body</p>', *_body(forms.schema(operation.body), rows)]
    if operation.answer is not None:
        parts += ['<p class="dim">Answer</p>', _fields(forms.schema(operation.answer), rows)]
    if operation.refusals:
        parts.append(f"<p>Refused with {', '.join(map(str, operation.refusals))}.</p>")
    return (
        f'<article id="{_anchor(operation)}">\n' + "\n".join(part for part in parts if part) + "\n</article>"
    )


def _body(schema: Json, rows: FieldRows) -> Iterator[str]:
    """The fields of a model; of a choice between models, each in turn."""
    choices = schema.get("anyOf")
    if not isinstance(choices, list):
        yield _fields(schema, rows)
        return
    for number, choice in enumerate(choices):
        name = str(choice.get("$ref", "")).removeprefix(SCHEMAS)
        yield f"<p>{'or ' if number else ''}{markup.code(name)}</p>"
        yield _fields(choice, rows)


def _fields(schema: Json, rows: FieldRows) -> str:
    cells = [
        (
            escape(row.path),
            escape(row.type),
            "required" if row.required else "optional",
            markup.prose(row.meaning),
        )
        for row in rows.rows(schema)
    ]
    return markup.table(FIELD_HEADS, cells)


def _parameters(parameters: Sequence[Parameter]) -> str:
    rows = [(escape(one.name), "optional", markup.prose(one.meaning)) for one in parameters]
    return markup.table(("Query parameter", "", "Meaning"), rows)


def _anchor(operation: HttpOperation) -> str:
    return markup.anchor(operation.method, operation.path)
