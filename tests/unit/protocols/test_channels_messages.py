"""The channels API's models against the document's messages: field for field, in order."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from facade_fakes import vector, vectors

from embedded_server.protocols.channels import messages, requests

MODELS: dict[str, Any] = {
    "authenticated": messages.Authenticated,
    "subscribed": messages.Subscribed,
    "unsubscribed": messages.Unsubscribed,
    "error": messages.Error,
    "error.authentication_failed": messages.Error,
    "ping": messages.Ping,
    "close": messages.Close,
    "market_data": messages.MarketData,
    "orderbook": messages.Orderbook,
    "trades": messages.Trades,
    "orders": messages.Orders,
    "positions": messages.Positions,
    "system_events": messages.SystemEvents[messages.ExchangeStatus],
}


def test_every_server_message_of_the_document_has_an_example() -> None:
    assert {name.removeprefix("server.") for name in vectors("channels", "server")} == set(MODELS)


@pytest.mark.parametrize("name", vectors("channels", "server"))
def test_models_produce_the_examples_field_for_field(name: str) -> None:
    example = vector("channels", name)
    message = msgspec.convert(example, MODELS[name.removeprefix("server.")])
    assert json.dumps(json.loads(msgspec.json.encode(message))) == json.dumps(example)


@pytest.mark.parametrize("name", vectors("channels", "client"))
def test_client_examples_are_read_whole(name: str) -> None:
    example = vector("channels", name)
    action, content = requests.action(json.dumps(example))
    request = requests.read(action, content)
    assert json.loads(msgspec.json.encode(request)) == example
