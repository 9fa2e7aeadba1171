"""OpenAPI 3.1 of everything one listener answers by HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from embedded_server.documentation.asyncapi import marks
from embedded_server.documentation.schemas import Json, describe, reached
from embedded_server.protocols.operation import Description, Form, HttpOperation, Parameter

SECURITY: dict[str, Json] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "api_key": {"type": "apiKey", "in": "header", "name": "API-Key"},
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "With the headers X-Timestamp and X-Signature",
    },
}


class Forms:
    """Models to schemas: all forms of a document are described at once, so that names are shared."""

    def __init__(
        self, operations: Sequence[HttpOperation], extension_fields: Mapping[str, Sequence[str]]
    ) -> None:
        self._forms = list(_forms(operations))
        self._schemas, self.components = describe(self._forms, extension_fields)

    def schema(self, form: Form) -> Json:
        """The schema of one of the forms."""
        return self._schemas[self._forms.index(form)]


def openapi_document(title: str, descriptions: Sequence[Description], own: Sequence[HttpOperation]) -> Json:
    """The document of a listener with these endpoints; `own` is what the server itself answers."""
    operations = [
        (operation, operation.refusal or description.refusal)
        for description in descriptions
        for operation in description.http
    ]
    operations += [(operation, operation.refusal) for operation in own]
    known = {
        name: fields for one in descriptions if one.http for name, fields in one.extension_fields.items()
    }
    every = [operation for operation, _ in operations]
    refusals = [HttpOperation("", "", "", refusal) for _, refusal in operations if refusal is not None]
    forms = Forms([*every, *refusals], known)
    paths: dict[str, Json] = {}
    for operation, refusal in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, refusal, forms)
    used = {one.security for one in every if one.security is not None}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1.0.0", "description": _summaries(descriptions)},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": reached([paths], forms.components),
            "securitySchemes": {name: scheme for name, scheme in SECURITY.items() if name in used},
        },
    }


def _summaries(descriptions: Sequence[Description]) -> str:
    return "\n\n".join(f"{one.title}: {one.summary} Follows {one.source}." for one in descriptions)


def _forms(operations: Sequence[HttpOperation]) -> Iterator[Form]:
    for operation in operations:
        for form in (operation.answer, operation.body):
            if form is not None:
                yield form
        for parameter in (*operation.query, *operation.headers):
            yield parameter.form


def _operation(operation: HttpOperation, refusal: Form, forms: Forms) -> Json:
    document: Json = {
        "operationId": _identifier(operation),
        "summary": operation.summary,
        "tags": [operation.tag or "server"],
        "parameters": [
            *_path_parameters(operation.path),
            *(_parameter(one, "query", forms) for one in operation.query),
            *(_parameter(one, "header", forms) for one in operation.headers),
        ],
        "responses": _responses(operation, refusal, forms),
    }
    if operation.body is not None:
        document["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": {"schema": forms.schema(operation.body)}},
        }
    if operation.security is not None:
        document["security"] = [{operation.security: []}]
    return document | marks(operation.origin)


def _responses(operation: HttpOperation, refusal: Form, forms: Forms) -> Json:
    answers: Json = {
        str(operation.status): _response(operation.status, operation.content_type, operation.answer, forms)
    }
    for status in operation.refusals:
        answers[str(status)] = _response(status, "application/json", refusal, forms)
    return answers


def _response(status: int, content_type: str, form: Form, forms: Forms) -> Json:
    schema = {} if form is None else forms.schema(form)
    return {"description": HTTPStatus(status).phrase, "content": {content_type: {"schema": schema}}}


def _parameter(parameter: Parameter, place: str, forms: Forms) -> Json:
    return {
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": forms.schema(parameter.form),
    }


def _path_parameters(path: str) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", path):
        kind = "integer" if name == "id" else "string"
        yield {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def _identifier(operation: HttpOperation) -> str:
    words = re.findall(r"\w+", operation.path)
    return "_".join((operation.method.lower(), *words))
