"""Nothing an endpoint speaks is missing from its description, and nothing is in it that it does not speak."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from embedded_server.documentation.reference import Reference, build_reference, description_of, examples_of
from embedded_server.protocols.ai_service import facade as ai_facade
from embedded_server.protocols.ai_service import messages as ai
from embedded_server.protocols.bars import messages as bars
from embedded_server.protocols.bars.operations import Subscribe, Unsubscribe
from embedded_server.protocols.bot_core import messages as bot
from embedded_server.protocols.bot_core import requests as bot_requests
from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.channels import messages as channels
from embedded_server.protocols.channels import requests as channels_requests
from embedded_server.protocols.facade import Facade
from embedded_server.protocols.market_data_gateway import messages as gateway
from embedded_server.protocols.market_data_gateway import requests as gateway_requests
from embedded_server.protocols.onetrade import messages as onetrade
from embedded_server.protocols.operation import JSON, Description, Operation, Origin
from embedded_server.protocols.orchestrator import facade as orchestrator_facade
from embedded_server.protocols.orchestrator import messages as orchestrator
from embedded_server.protocols.registry import FACADES
from embedded_server.protocols.risk_guardian import facade as guardian_facade
from embedded_server.protocols.risk_guardian import messages as guardian

WIRE = Path(__file__).parents[2] / "wire"
BY_NAME = {facade.name: facade for facade in FACADES}

CLIENT: dict[str, Any] = {
    "orchestrator": orchestrator.CLIENT_MESSAGES,
    "market_data_gateway": gateway.CLIENT_MESSAGES,
    "risk_guardian": guardian.CLIENT_MESSAGES,
    "bot_core": bot_requests.READER.kinds.values(),
    "ai_service": ai_facade.READER.kinds.values(),
    "bars": (Subscribe, Unsubscribe),
    "channels": channels_requests._ACTIONS.values(),
}
SERVER: dict[str, Any] = {
    "orchestrator": orchestrator.SERVER_MESSAGES,
    "market_data_gateway": gateway.SERVER_MESSAGES,
    "risk_guardian": guardian.SERVER_MESSAGES,
    "bot_core": bot.SERVER_MESSAGES,
    "ai_service": (*ai.SERVER_MESSAGES, *ai.OBSERVED_MESSAGES),
    "bars": bars.ServerMessage.__args__,
    "channels": [
        model
        for model in vars(channels).values()
        if isinstance(model, type)
        and issubclass(model, msgspec.Struct)
        and model.__struct_config__.tag_field in {"event", "channel"}
    ],
}


def words(module: Any) -> set[str]:
    """The codes of a module: constants that say their own name."""
    return {name for name, value in vars(module).items() if name == value}


CODES = {
    "orchestrator": words(orchestrator_facade),
    "market_data_gateway": words(gateway_requests),
    "risk_guardian": words(guardian_facade),
    "bot_core": words(errors) - {"INFO", "WARNING", "ERROR", "CRITICAL"},
}


def description(facade: type[Facade]) -> Description:
    found = description_of(facade)
    assert found is not None
    return found


def reference(facade: type[Facade]) -> Reference:
    return build_reference(facade, description(facade))


def operations(name: str, sender: str) -> list[Operation]:
    return [one for one in description(BY_NAME[name]).operations if one.sender == sender]


def wire_examples(name: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text()) for path in (WIRE / name).glob("*.json")}


every_facade = pytest.mark.parametrize("facade", FACADES, ids=lambda facade: facade.name)


@every_facade
def test_every_endpoint_is_described(facade: type[Facade]) -> None:
    assert description(facade).operations


@pytest.mark.parametrize("name", CLIENT)
def test_every_client_message_is_described_and_no_other(name: str) -> None:
    assert {one.model for one in operations(name, "client")} == set(CLIENT[name])


@pytest.mark.parametrize("name", SERVER)
def test_every_server_message_is_described_and_no_other(name: str) -> None:
    described = {getattr(one.model, "__origin__", one.model) for one in operations(name, "server")}
    assert described == set(SERVER[name])


def calls(source: str) -> Iterator[str]:
    """The event types that a module of OneTrade's sends."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if function in {"send", "_announce", "_order", "_position"}:
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def test_every_event_that_onetrade_sends_is_described() -> None:
    folder = Path(onetrade.__file__).parent
    sent = {kind for path in folder.glob("*.py") for kind in calls(path.read_text())}
    described = {one.name for one in operations("onetrade", "server")}
    assert "orders_place" in sent
    assert sent - described == set()


def test_every_command_that_onetrade_obeys_is_described() -> None:
    source = (Path(onetrade.__file__).parent / "facade.py").read_text()
    tables = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "self._commands"
    ]
    obeyed = {key.value for table in tables for key in table.keys}  # type: ignore[union-attr]
    described = {one.name for one in operations("onetrade", "client")}
    assert described == obeyed | {"heartbeat"}


@every_facade
def test_the_examples_are_those_of_the_documents(facade: type[Facade]) -> None:
    assert examples_of(facade) == wire_examples(facade.name)


@every_facade
def test_every_example_belongs_to_a_message_and_every_message_has_one(facade: type[Facade]) -> None:
    messages = reference(facade).messages
    shown = [
        f"{message.operation.example_prefix.partition('.')[0]}.{name}"
        for message in messages
        if message.operation.example is None
        for name in message.examples
    ]
    assert sorted(shown) == sorted(examples_of(facade))
    assert [one.operation.name for one in messages if not one.examples] == []


@every_facade
def test_every_example_is_what_its_model_reads_and_writes(facade: type[Facade]) -> None:
    for message in reference(facade).messages:
        operation = message.operation
        for example in message.examples.values():
            value = msgspec.convert(example, operation.model)
            if operation.content_type != JSON:
                assert isinstance(example, str)
                continue
            assert isinstance(example, dict)
            written = msgspec.json.decode(msgspec.json.encode(value))
            if operation.sender == "server":
                assert written == example
            else:
                assert example.keys() <= written.keys()
            assert operation.constants.items() <= example.items()


@every_facade
def test_names_are_unique_and_replies_are_messages_of_the_server(facade: type[Facade]) -> None:
    found = description(facade).operations
    names = [one.name for one in found]
    assert len(set(names)) == len(names)
    servers = {one.name for one in found if one.sender == "server"}
    assert {reply for one in found for reply in one.replies} <= servers


@every_facade
def test_what_a_model_marks_as_ours_is_not_said_to_be_the_documents(facade: type[Facade]) -> None:
    for operation in description(facade).operations:
        marked = getattr(operation.model, "extension", None)
        if marked is not None:
            assert marked is (operation.origin is not Origin.DOCUMENT), operation.name


@pytest.mark.parametrize("name", CODES)
def test_every_error_code_is_described_and_no_other(name: str) -> None:
    assert CODES[name]
    assert {code.code for code in description(BY_NAME[name]).errors} == CODES[name]


@every_facade
def test_schema_names_are_words_and_not_paths_of_modules(facade: type[Facade]) -> None:
    assert [name for name in reference(facade).schemas if "." in name] == []


@every_facade
def test_every_close_code_that_an_endpoint_uses_is_described(facade: type[Facade]) -> None:
    folder = Path(str(inspect.getsourcefile(facade))).parent
    sources = "".join(path.read_text() for path in folder.glob("*.py") if "operations" not in path.name)
    found = re.findall(r"close\((?:\"[^\"]*\", )?(10\d\d)\b|(?:POLICY|CODE|UNSUPPORTED) = (10\d\d)", sources)
    used = {int(one or other) for one, other in found} | {1001, 1008}
    assert used <= {code.code for code in description(facade).closes}
