"""The documents themselves: their form, their references, and a page that needs nobody."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from embedded_server.documentation.addresses import documentation_pages
from embedded_server.documentation.field_rows import FieldRows
from embedded_server.documentation.http_page import render_http_page
from embedded_server.documentation.library import Library
from embedded_server.documentation.markup import prose, table
from embedded_server.documentation.reference import description_of
from embedded_server.documentation.schemas import describe, draft_seven, references
from embedded_server.protocols.channels.messages import Book
from embedded_server.protocols.facade import Facade
from embedded_server.protocols.onetrade.messages import Order
from embedded_server.protocols.onetrade.requests import CreateOrder
from embedded_server.protocols.operation import HttpOperation
from embedded_server.protocols.registry import FACADES

every_facade = pytest.mark.parametrize("facade", FACADES, ids=lambda facade: facade.name)
VOID = {"meta", "link", "img", "input", "br", "hr"}


def library(facade: type[Facade]) -> Library:
    return Library({facade.page: facade})


def asyncapi(facade: type[Facade], host: str = "127.0.0.1:4711") -> Any:
    return json.loads(library(facade).asyncapi(facade.page, host) or b"")


def page(facade: type[Facade], host: str = "127.0.0.1:4711") -> str:
    return (library(facade).page(facade.page, host) or b"").decode()


def resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/")
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def facade_named(name: str) -> type[Facade]:
    return next(facade for facade in FACADES if facade.name == name)


class Reader(HTMLParser):
    """Notes tags, targets and ids; fails where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@every_facade
def test_every_reference_of_an_asyncapi_document_resolves(facade: type[Facade]) -> None:
    document = asyncapi(facade)
    found = list(references(document))
    assert found
    for reference in found:
        assert isinstance(resolve(document, reference), dict)


@every_facade
def test_every_reference_of_an_openapi_document_resolves(facade: type[Facade]) -> None:
    document = json.loads(library(facade).openapi())
    assert document["openapi"] == "3.1.0"
    for reference in references(document):
        assert isinstance(resolve(document, reference), dict)


@every_facade
def test_a_document_has_every_message_with_its_marks(facade: type[Facade]) -> None:
    description = description_of(facade)
    assert description is not None
    messages = asyncapi(facade)["components"]["messages"]
    assert list(messages) == [one.name for one in description.operations]
    for one in description.operations:
        assert ("x-extension" in messages[one.name]) is (one.origin.value == "extension")
        assert messages[one.name]["examples"]


@every_facade
def test_fields_that_no_document_has_are_marked_and_no_others(facade: type[Facade]) -> None:
    description = description_of(facade)
    assert description is not None
    schemas = asyncapi(facade)["components"].get("schemas", {})
    marked = {
        (name, field)
        for name, schema in schemas.items()
        for field, about in schema.get("properties", {}).items()
        if about.get("x-extension")
    }
    listed = {(name, field) for name, fields in description.extension_fields.items() for field in fields}
    assert marked == {place for place in listed if place[0] in schemas}


@pytest.mark.parametrize("facade", [one for one in FACADES if one.name != "bars"], ids=lambda one: one.name)
def test_the_current_version_has_an_operation_for_every_message(facade: type[Facade]) -> None:
    document = asyncapi(facade)
    assert document["asyncapi"] == "3.1.0"
    assert document["servers"]["here"]["host"] == "127.0.0.1:4711"
    assert document["servers"]["documented"]["host"] == f"localhost:{facade.port}"
    channel = document["channels"][facade.name]
    assert channel["address"] == facade.path
    assert len(document["operations"]) == len(channel["messages"])
    for name, operation in document["operations"].items():
        assert name.split(".")[0] == operation["action"]


def test_bars_is_described_as_its_document_and_the_field_have_it() -> None:
    document = asyncapi(facade_named("bars"))
    assert list(document) == ["asyncapi", "info", "channels", "components", "defaultContentType"]
    assert document["asyncapi"] == "2.4.0"
    assert list(document["channels"]) == ["/"]
    assert list(document["components"]) == ["schemas", "messages"]
    publish = document["channels"]["/"]["publish"]["message"]["oneOf"]
    subscribe = document["channels"]["/"]["subscribe"]["message"]["oneOf"]
    assert [one["$ref"].rsplit("/")[-1] for one in publish] == ["bars.subscribe", "bars.unsubscribe"]
    assert [one["$ref"].rsplit("/")[-1] for one in subscribe] == [
        "bars.subscribe.response",
        "bars.unsubscribe.response",
        "bars.update",
    ]
    messages = document["components"]["messages"]
    assert messages["bars.subscribe"]["x-response"] == {
        "$ref": "#/components/messages/bars.subscribe.response"
    }
    assert "x-response" not in messages["bars.update"]


def test_onetrade_events_say_their_type_and_what_they_carry() -> None:
    messages = asyncapi(facade_named("onetrade"))["components"]["messages"]
    payload = messages["dealing_order_requote"]["payload"]
    assert payload["properties"]["type"] == {"const": "dealing_order_requote"}
    assert payload["properties"]["data"] == {"$ref": "#/components/schemas/Order"}
    assert messages["price"]["x-frame"] == "binary"
    assert messages["start_account_all"]["payload"]["properties"]["data"] == {"const": None}


@every_facade
def test_a_page_needs_no_network_and_no_script(facade: type[Facade]) -> None:
    text = page(facade)
    read = Reader(text)
    assert not read.tags & {"script", "link", "img", "iframe", "object", "embed", "form"}
    assert [link for link in read.links if not link.startswith(("#", "/"))] == []
    assert "url(" not in text
    assert "@import" not in text


@every_facade
def test_a_page_shows_every_message_and_its_links_lead_somewhere(facade: type[Facade]) -> None:
    description = description_of(facade)
    assert description is not None
    text = page(facade)
    read = Reader(text)
    assert len(set(read.ids)) == len(read.ids)
    assert {link.removeprefix("#") for link in read.links if link.startswith("#")} <= set(read.ids)
    for operation in description.operations:
        assert f'id="{operation.sender}-{operation.name}"' in text
    assert f"ws://127.0.0.1:4711{facade.path}" in text


def test_text_is_escaped_wherever_it_comes_from() -> None:
    assert prose('`<b>` & "x"') == "<code>&lt;b&gt;</code> &amp; &quot;x&quot;"
    assert "<i>" not in table(["<i>"], [["1"]])


@pytest.mark.parametrize("host", ["<script>", 'x"><b>', "", "a b", "ä.example"])
def test_a_host_that_is_none_is_not_repeated(host: str) -> None:
    facade = facade_named("orchestrator")
    assert "ws://localhost:8082/" in page(facade, host)
    assert asyncapi(facade, host)["servers"]["here"]["host"] == "localhost:8082"


def test_two_endpoints_of_a_port_do_not_claim_the_same_page() -> None:
    gateway, guardian, bars = map(facade_named, ("market_data_gateway", "risk_guardian", "bars"))
    assert list(documentation_pages([gateway, guardian, bars])) == [
        "/asyncapi",
        "/ws/asyncapi",
        "/api/v1/ws/asyncapi",
    ]


def test_the_document_is_built_once() -> None:
    facade = facade_named("orchestrator")
    kept = library(facade)
    assert kept.openapi() is kept.openapi()


def test_tuples_are_written_as_draft_seven_has_them() -> None:
    _, components = describe([Book], {})
    written: Any = draft_seven(components["Book"])
    pair = written["properties"]["bids"]["items"]
    assert pair["items"] == [{"type": "number"}, {"type": "number"}]
    assert pair["additionalItems"] is False
    assert "prefixItems" not in pair


def test_exact_decimals_may_be_numbers_or_texts_and_enums_say_their_names() -> None:
    _, components = describe([CreateOrder, Order], {})
    create: Any = components["CreateOrder"]
    assert create["properties"]["volume"]["type"] == ["number", "string"]
    assert components["SideType"]["x-enum-varnames"] == ["BUY", "SELL", "BALANCE", "CREDIT"]


def test_nested_fields_are_rows_below_theirs() -> None:
    schemas, components = describe([Order, Book], {"Order": ("deviation",)})
    rows = {row.path: row for row in FieldRows({"Order": {}, **components}).rows(schemas[0])}
    assert rows["symbol.tick_size"].type == "number"
    assert rows["side"].meaning.startswith("0 buy, 1 sell")
    assert rows["price_sl"].type == "number | null"
    assert not rows["price_sl"].required
    assert rows["deviation"].extension


def test_a_start_imports_the_routes_and_nothing_that_builds_documents() -> None:
    """Judged in an interpreter of its own: other tests import everything."""
    code = (
        "import sys, embedded_server.documentation.routes; "
        "print([name for name in sys.modules if 'documentation' in name or name.endswith('operations')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(run.stdout) == [
        "embedded_server.documentation",
        "embedded_server.documentation.addresses",
        "embedded_server.documentation.routes",
    ]


def test_a_page_of_http_calls_alone_shows_each_with_its_fields() -> None:
    calls = (
        HttpOperation("POST", "/orders", "Place `one`.", Order, body=CreateOrder, refusals=(400,)),
        HttpOperation("GET", "/orders/{id}", "One <order>.", Order),
    )
    text = render_http_page("A & B", ("Say `please`.",), calls)
    read = Reader(text)
    assert "A &amp; B" in text
    assert "<order>" not in text
    assert {"POST-orders", "GET-orders-id"} <= set(read.ids)
    assert "<td>expiration_police</td>" in text
    assert "refuses with 400" in text
