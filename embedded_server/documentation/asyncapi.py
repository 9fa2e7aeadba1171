"""AsyncAPI documents: 3.1.0, and the 2.4.0 that bars.md promises (CLARIFICATIONS.md, bars)."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_server.documentation.reference import Message, Reference
from embedded_server.documentation.schemas import Json, describe
from embedded_server.protocols.operation import JSON, Code, Description, Origin, Parameter

MESSAGES = "#/components/messages/"


def asyncapi_document(reference: Reference, host: str, scheme: str = "ws") -> Json:
    """The document in the version that its description asks for; `scheme` and `host`: where it is served."""
    if reference.description.asyncapi == "2.4.0":
        return _version_two(reference)
    return _version_three(reference, host, scheme)


def marks(origin: Origin) -> Json:
    """The specification extensions that tell who defined something."""
    match origin:
        case Origin.EXTENSION:
            return {"x-extension": True}
        case Origin.OBSERVED:
            return {"x-observed": True}
        case Origin.DOCUMENT:
            return {}


def information(description: Description) -> Json:
    """The `info` object."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(description.connecting, 1))
    text = f"{description.summary}\n\nFollows {description.source}.\n\n{steps}"
    return {"title": description.title, "version": description.version, "description": text}


def _version_two(reference: Reference) -> Json:
    return {
        "asyncapi": "2.4.0",
        "info": information(reference.description),
        "channels": {
            "/": {
                "publish": {
                    "operationId": "sendMessage",
                    "summary": "The API user can send a given message to the server.",
                    "message": {"oneOf": _message_references(reference, "client")},
                },
                "subscribe": {
                    "operationId": "processMessage",
                    "summary": "The API user can receive a given message from the server.",
                    "message": {"oneOf": _message_references(reference, "server")},
                },
            }
        },
        "components": {
            "schemas": dict(reference.schemas),
            "messages": {
                message.operation.name: {"messageId": message.operation.name}
                | _message(message)
                | _response(message)
                for message in reference.messages
            },
        },
        "defaultContentType": JSON,
    }


def _message_references(reference: Reference, sender: str) -> list[Json]:
    return [
        {"$ref": MESSAGES + message.operation.name}
        for message in reference.messages
        if message.operation.sender == sender
    ]


def _response(message: Message) -> Json:
    """Which message replies: the specification has had a word for it only since 3.0.0."""
    replies = message.operation.replies
    return {"x-response": {"$ref": MESSAGES + replies[0]}} if replies else {}


def _version_three(reference: Reference, host: str, scheme: str) -> Json:
    description = reference.description
    return {
        "asyncapi": "3.1.0",
        "info": information(description),
        "defaultContentType": JSON,
        "servers": {
            "here": {"host": host, "protocol": scheme, "description": "The server that sent this document"},
            "documented": {
                "host": f"localhost:{reference.port}",
                "protocol": "ws",
                "description": "Where the endpoint is by default",
            },
        },
        "channels": {reference.name: _channel(reference)},
        "operations": {_operation_name(one): _operation(reference, one) for one in reference.messages},
        "components": {
            "messages": {one.operation.name: _message(one) for one in reference.messages},
            "schemas": dict(reference.schemas),
        },
    }


def _channel(reference: Reference) -> Json:
    description = reference.description
    names = [message.operation.name for message in reference.messages]
    channel: Json = {
        "address": reference.path,
        "title": description.title,
        "messages": {name: {"$ref": MESSAGES + name} for name in names},
        "bindings": {"ws": {"method": "GET", **_handshake(description), "bindingVersion": "0.1.0"}},
    }
    if description.errors:
        channel["x-error-codes"] = [_code(code) for code in description.errors]
    if description.closes:
        channel["x-close-codes"] = [_code(code) for code in description.closes]
    return channel


def _handshake(description: Description) -> Json:
    parts = {"query": description.query, "headers": description.headers}
    return {name: _parameters(parameters) for name, parameters in parts.items() if parameters}


def _parameters(parameters: Sequence[Parameter]) -> Json:
    schemas, _ = describe([one.form for one in parameters], {})
    properties = {
        one.name: {**schema, "description": one.meaning}
        for one, schema in zip(parameters, schemas, strict=True)
    }
    required = [one.name for one in parameters if one.required]
    return {"type": "object", "properties": properties, "required": required}


def _code(code: Code) -> Json:
    return {"code": code.code, "description": code.meaning, **marks(code.origin)}


def _operation_name(message: Message) -> str:
    action = "receive" if message.operation.sender == "client" else "send"
    return f"{action}.{message.operation.name}"


def _operation(reference: Reference, message: Message) -> Json:
    """From the server's side, as version 3 has it: it receives what clients send."""
    operation = message.operation
    channel = {"$ref": f"#/channels/{reference.name}"}
    document: Json = {
        "action": "receive" if operation.sender == "client" else "send",
        "channel": channel,
        "title": operation.title,
        "summary": operation.summary,
        "messages": [_in_channel(reference, operation.name)],
    }
    if operation.replies:
        replies = [_in_channel(reference, name) for name in operation.replies]
        document["reply"] = {"channel": channel, "messages": replies}
    return document | marks(operation.origin)


def _in_channel(reference: Reference, name: str) -> Json:
    return {"$ref": f"#/channels/{reference.name}/messages/{name}"}


def _message(message: Message) -> Json:
    operation = message.operation
    document: Json = {
        "name": operation.type or operation.name,
        "title": operation.title,
        "summary": operation.summary,
        "contentType": operation.content_type,
        "payload": message.schema,
    }
    if operation.when:
        document["description"] = f"Frequency: {operation.when}"
    if operation.binary:
        document["x-frame"] = "binary"
    if message.examples:
        document["examples"] = [
            {"name": name, "payload": example} for name, example in message.examples.items()
        ]
    return document | marks(operation.origin)
