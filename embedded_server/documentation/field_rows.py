"""A JSON Schema as the rows of a table: one a field, nested ones under theirs by dotted path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from embedded_server.documentation.schemas import SCHEMAS, Json

MAX_DEPTH = 6


class Schema(Struct, kw_only=True):
    """The parts of JSON Schema that our models need."""

    ref: str | None = field(name="$ref", default=None)
    type: str | list[str] | None = None
    description: str | None = None
    properties: dict[str, Schema] = {}
    required: list[str] = []
    any_of: list[Schema] = field(name="anyOf", default_factory=list)
    items: Schema | list[Schema] | bool | None = None
    additional: Schema | bool | None = field(name="additionalProperties", default=None)
    enum: list[str | int] = []
    names: list[str] = field(name="x-enum-varnames", default_factory=list)
    const: str | int | UnsetType | None = UNSET
    default: object = UNSET
    extension: bool = field(name="x-extension", default=False)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field."""

    path: str
    type: str
    required: bool
    meaning: str
    extension: bool


class FieldRows:
    """Rows of schemas that share these named ones."""

    def __init__(self, components: Mapping[str, Json]) -> None:
        self._components = msgspec.convert(dict(components), dict[str, Schema])

    def rows(self, schema: Json) -> list[FieldRow]:
        """The fields of an object; none for anything else."""
        return list(self._fields(self._resolved(msgspec.convert(schema, Schema)), "", 0))

    def summary(self, schema: Json) -> str:
        """The type in words."""
        return self._type(msgspec.convert(schema, Schema))

    def _resolved(self, schema: Schema) -> Schema:
        while schema.ref is not None:
            schema = self._components[schema.ref.removeprefix(SCHEMAS)]
        return schema

    def _fields(self, schema: Schema, prefix: str, depth: int) -> Iterator[FieldRow]:
        for name, one in schema.properties.items():
            inner, suffix = self._inner(one)
            path = f"{prefix}{name}{suffix}"
            yield FieldRow(
                path, self._type(one), name in schema.required, self._meaning(one, inner), one.extension
            )
            if depth < MAX_DEPTH:
                yield from self._fields(inner, f"{path}.", depth + 1)

    def _inner(self, schema: Schema) -> tuple[Schema, str]:
        """What a field's own fields are to be looked for in, and how its path shows that it is a list."""
        schema = self._resolved(schema)
        if schema.any_of:
            rest = [one for one in map(self._resolved, schema.any_of) if one.type != "null"]
            return self._inner(rest[0]) if len(rest) == 1 else (schema, "")
        if isinstance(schema.items, Schema):
            inner = self._resolved(schema.items)
            return inner, "[]"
        return schema, ""

    def _meaning(self, schema: Schema, inner: Schema) -> str:
        parts = [] if schema.description is None else [schema.description]
        if inner.names:
            pairs = zip(inner.enum, inner.names, strict=True)
            parts.append(", ".join(f"{value} {name.lower()}" for value, name in pairs))
        elif inner.description is not None and schema.description is None:
            parts.append(inner.description)
        if schema.default is not UNSET and schema.default is not None:
            parts.append(f"Default: `{msgspec.json.encode(schema.default).decode()}`")
        return " ".join(parts)

    def _type(self, schema: Schema) -> str:
        schema = self._resolved(schema)
        if schema.const is not UNSET:
            return msgspec.json.encode(schema.const).decode()
        if schema.enum:
            values = (msgspec.json.encode(value).decode() for value in schema.enum)
            return "integer" if schema.names else " | ".join(values)
        if schema.any_of:
            return " | ".join(dict.fromkeys(self._type(one) for one in schema.any_of))
        return self._container(schema)

    def _container(self, schema: Schema) -> str:
        match schema:
            case Schema(items=Schema() as item):
                return f"array of {self._type(item)}"
            case Schema(items=list() as items):
                return f"[{', '.join(self._type(one) for one in items)}]"
            case Schema(additional=Schema() as value):
                return f"map of {self._type(value)}"
            case Schema(type=list() as types):
                return " | ".join(types)
            case Schema(type=str() as name):
                return name
            case _:
                return "any"
