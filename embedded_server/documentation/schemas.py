"""JSON Schema of msgspec models: draft 7 for AsyncAPI, 2020-12 for OpenAPI. Documents are JSON values."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import inspect

from embedded_server.protocols.operation import Form

Json = dict[str, object]

SCHEMAS = "#/components/schemas/"


def describe(
    forms: Sequence[Form], extension_fields: Mapping[str, Sequence[str]]
) -> tuple[list[Json], dict[str, Json]]:
    """A schema of each form, and the shared schemas they refer to by name."""
    schemas, components = msgspec.json.schema_components(
        forms, schema_hook=_anything, ref_template=SCHEMAS + "{name}"
    )
    for kind in _enums(inspect.multi_type_info(forms)):
        if issubclass(kind, int) and kind.__name__ in components:
            names = [member.name for member in sorted(kind, key=lambda member: member.value)]
            components[kind.__name__]["x-enum-varnames"] = names
    for name, fields in extension_fields.items():
        for field in fields if name in components else ():
            components[name]["properties"][field]["x-extension"] = True
    return [_decimals(schema) for schema in schemas], {
        name: _decimals(schema) for name, schema in components.items()
    }


def with_constants(schema: Json, components: Mapping[str, Json], constants: Mapping[str, str | None]) -> Json:
    """The model a reference names, its open fields replaced by what they are in this message."""
    named = dict(components[str(schema["$ref"]).removeprefix(SCHEMAS)])
    properties = named["properties"]
    assert isinstance(properties, dict)
    fixed = {name: {"const": value} for name, value in constants.items()}
    return named | {"properties": properties | fixed}


def draft_seven(value: object) -> object:
    """Rewrite tuples, the one construct msgspec writes in a way that draft 7 does not know."""

    def rewrite(schema: Json) -> Json:
        if "prefixItems" in schema:
            schema["items"] = schema.pop("prefixItems")
            schema["additionalItems"] = False
        return schema

    return _rewritten(value, rewrite)


def references(value: object) -> Iterator[str]:
    """Every `$ref` within a JSON value."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def reached(roots: Iterable[object], components: Mapping[str, Json]) -> dict[str, Json]:
    """The shared schemas that something refers to, directly or through others."""
    found: dict[str, None] = {}
    waiting = [reference for root in roots for reference in references(root)]
    while waiting:
        name = waiting.pop().removeprefix(SCHEMAS)
        if name in components and name not in found:
            found[name] = None
            waiting.extend(references(components[name]))
    return {name: schema for name, schema in components.items() if name in found}


def _anything(kind: type) -> Json:
    if kind is object:
        return {"description": "Any JSON value"}
    raise NotImplementedError


def _decimals(schema: Json) -> Json:
    """Where a model reads exact decimals a client may send numbers as well as texts."""

    def rewrite(one: Json) -> Json:
        return one | {"type": ["number", "string"]} if one.get("format") == "decimal" else one

    rewritten = _rewritten(schema, rewrite)
    assert isinstance(rewritten, dict)
    return rewritten


def _rewritten(value: object, rewrite: Callable[[Json], Json]) -> object:
    if isinstance(value, dict):
        return rewrite({key: _rewritten(item, rewrite) for key, item in value.items()})
    if isinstance(value, list):
        return [_rewritten(item, rewrite) for item in value]
    return value


def _enums(types: Iterable[inspect.Type]) -> set[type[enum.Enum]]:
    """Every enum that a field of a form has."""
    found: set[type[enum.Enum]] = set()
    seen: set[type] = set()
    waiting = list(types)
    while waiting:
        match waiting.pop():
            case inspect.EnumType(cls=kind):
                found.add(kind)
            case inspect.StructType(cls=kind, fields=fields) if kind not in seen:
                seen.add(kind)
                waiting.extend(field.type for field in fields)
            case inspect.UnionType(types=alternatives):
                waiting.extend(alternatives)
            case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
                waiting.append(item)
            case _:
                pass
    return found
