"""OneTrade's models against the document's messages: field for field, in order."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from facade_fakes import vector, vectors

from embedded_server.protocols.json_input import convert
from embedded_server.protocols.onetrade import messages

MODELS: dict[str, type[Any]] = {
    "orders_place": messages.Order,
    "orders_update": messages.Order,
    "orders_cancel": messages.Order,
    "orders_expired": messages.Order,
    "orders_rejected": messages.Order,
    "dealing_order_requote": messages.Order,
    "positions_open": messages.Position,
    "positions_update": messages.Position,
    "positions_close": messages.Position,
    "deals_create": messages.Deal,
    "deals_update": messages.Deal,
    "journal_create": messages.Journal,
    "report_create": messages.Report,
    "session_logout": messages.Logout,
    "info": messages.Text,
    "error": messages.Text,
}


def test_every_server_message_of_the_document_has_an_example() -> None:
    assert {name.removeprefix("server.") for name in vectors("onetrade", "server")} == set(MODELS)


@pytest.mark.parametrize("name", vectors("onetrade", "server"))
def test_models_produce_the_examples_field_for_field(name: str) -> None:
    example = vector("onetrade", name)
    data = msgspec.convert(example["data"], MODELS[example["type"]])
    encoded = json.loads(msgspec.json.encode(messages.Envelope(example["type"], data)))
    assert json.dumps(encoded) == json.dumps(example)


@pytest.mark.parametrize("name", vectors("onetrade", "client"))
def test_client_examples_are_read(name: str) -> None:
    example = vector("onetrade", name)
    event = convert(example, messages.ClientEvent)
    assert (event.type, event.data) == (example["type"], example["data"])
