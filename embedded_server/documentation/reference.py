"""One endpoint as its documents show it: description, schemas and examples brought together."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from embedded_server.documentation.schemas import Json, describe, draft_seven, reached, with_constants
from embedded_server.protocols.facade import Facade
from embedded_server.protocols.operation import Description, Operation

EXAMPLES = "examples.json"


@dataclass(frozen=True, slots=True)
class Message:
    """One message with the schema of its payload."""

    operation: Operation
    schema: Json
    examples: Mapping[str, object]
    """By name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One endpoint."""

    name: str
    port: int
    path: str
    description: Description
    messages: tuple[Message, ...]
    schemas: Mapping[str, Json]
    """Shared schemas, in draft 7."""

    def message(self, name: str) -> Message:
        """A message by name; `KeyError` otherwise."""
        for message in self.messages:
            if message.operation.name == name:
                return message
        raise KeyError(name)


def description_of(facade: type[Facade]) -> Description | None:
    """What the `operations.py` beside a façade says, or None where there is none."""
    name = f"{facade.__module__.rpartition('.')[0]}.operations"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            return None
        raise
    description = module.DESCRIPTION
    assert isinstance(description, Description)
    return description


def examples_of(facade: type[Facade]) -> dict[str, object]:
    """The documents' example messages, by file name; empty where a folder has none."""
    file = resources.files(facade.__module__.rpartition(".")[0]).joinpath(EXAMPLES)
    examples = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    assert isinstance(examples, dict)
    return examples


def build_reference(facade: type[Facade], description: Description) -> Reference:
    """Bring an endpoint's description, schemas and examples together."""
    operations = description.operations
    schemas, components = describe([one.model for one in operations], description.extension_fields)
    examples = examples_of(facade)
    messages = tuple(
        Message(operation, _payload(operation, schema, components), _examples(operation, examples))
        for operation, schema in zip(operations, schemas, strict=True)
    )
    used = reached([message.schema for message in messages], components)
    return Reference(
        name=facade.name,
        port=facade.port,
        path=facade.path,
        description=description,
        messages=messages,
        schemas={name: _draft_seven(schema) for name, schema in used.items()},
    )


def _payload(operation: Operation, schema: Json, components: Mapping[str, Json]) -> Json:
    if operation.constants:
        schema = with_constants(schema, components, operation.constants)
        schema["title"] = operation.title
        schema.pop("description", None)
    return _draft_seven(schema)


def _draft_seven(schema: Json) -> Json:
    rewritten = draft_seven(schema)
    assert isinstance(rewritten, dict)
    return rewritten


def _examples(operation: Operation, examples: Mapping[str, object]) -> Mapping[str, object]:
    if operation.example is not None:
        return {operation.name: operation.example}
    names: Sequence[str] = [
        name for name in examples if f"{name}.".startswith(f"{operation.example_prefix}.")
    ]
    return {name.partition(".")[2]: examples[name] for name in names}
