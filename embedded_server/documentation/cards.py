"""Parts that pages share: the frame, tables of fields and parameters, one card an HTTP operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib import resources

from embedded_server.documentation import markup
from embedded_server.documentation.field_rows import FieldRows
from embedded_server.documentation.openapi import Forms
from embedded_server.documentation.schemas import Json
from embedded_server.protocols.operation import Form, HttpOperation, Parameter

FIELD_HEADS = ("Field", "Type", "", "Meaning")


def frame(title: str, parts: Iterable[str]) -> str:
    """A whole page with its style inside."""
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


def card(identity: str, parts: Iterable[str]) -> str:
    """One message or call."""
    return f'<article id="{identity}">\n' + "\n".join(part for part in parts if part) + "\n</article>"


def fields(schema: Json, rows: FieldRows) -> str:
    """The fields of an object as a table."""
    cells = [
        (
            escape(row.path) + (markup.badge("extension", "extension") if row.extension else ""),
            escape(row.type),
            "required" if row.required else "optional",
            markup.prose(row.meaning),
        )
        for row in rows.rows(schema)
    ]
    return markup.table(FIELD_HEADS, cells)


def parameters(head: str, given: Sequence[Parameter]) -> str:
    """Query parameters or headers as a table."""
    rows = [
        (escape(one.name), "required" if one.required else "optional", markup.prose(one.meaning))
        for one in given
    ]
    return markup.table((head, "", "Meaning"), rows)


def http_contents(operations: Sequence[HttpOperation]) -> Iterator[str]:
    """A link to each card."""
    for one in operations:
        yield markup.link("#" + markup.anchor(one.method, one.path), f"{one.method} {one.path}")


def http_cards(
    operations: Sequence[HttpOperation], refusal: Form, extension_fields: Mapping[str, Sequence[str]]
) -> list[str]:
    """A card for each operation; `refusal` is the error shape of those without one of their own."""
    refusals = [HttpOperation("", "", "", one) for one in (refusal,) if one is not None]
    forms = Forms([*operations, *refusals], extension_fields)
    rows = FieldRows(forms.components)
    return [_call(one, forms, rows) for one in operations]


def _call(operation: HttpOperation, forms: Forms, rows: FieldRows) -> str:
    title = markup.code(f"{operation.method} {operation.path}")
    parts = [
        f"<h3>{title}{markup.origin_badge(operation.origin)}</h3>",
        f"<p>{markup.prose(operation.summary)}</p>",
        parameters("Query parameter", operation.query),
        parameters("Header", operation.headers),
    ]
    if operation.body is not None:
        schema = forms.schema(operation.body)
        table = fields(schema, rows)
        kind = "" if table else f": {markup.code(rows.summary(schema))}"
        parts += [f'<p class="dim">Body{kind}</p>', table]
    if operation.answer is not None:
        kind = markup.code(rows.summary(forms.schema(operation.answer)))
        refused = ", ".join(str(status) for status in operation.refusals)
        refuses = f"; refuses with {refused}" if refused else ""
        parts.append(f"<p>Answers {operation.status} with {kind}{refuses}.</p>")
    return card(markup.anchor(operation.method, operation.path), parts)
