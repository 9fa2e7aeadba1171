"""A server that quotes our secret back: it is hidden before anything can show, keep or export it."""

from __future__ import annotations

import types
import typing
from decimal import Decimal
from enum import Enum
from typing import Union, get_args, get_origin, get_type_hints

import pytest
from link_stub import EchoCodec, Record, Stub
from msgspec import Struct
from websockets.asyncio.server import ServerConnection

from tui_trader.connection.discretion import OURS, STREAMS, Discretion
from tui_trader.connection.link import Link
from tui_trader.model import events as e
from tui_trader.model.values import LinkState, Order, OrderKind, OrderStatus, Side
from tui_trader.protocols.codec import Endpoint
from tui_trader.protocols.redaction import HIDDEN, Redactor

SECRET = "0123456789abcdef"
KINDS = get_args(e.Event)
CHECKED = {"link", "symbol", "timeframe", "id"}
"""Texts of streams: symbols and timeframes are of a known form, the id of a profit is a number."""


def sample(hint: object, text: str) -> object:
    """A value of this type, every text in it the given one. Fails for a type that could hide a text."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return sample(next(one for one in inner if one is not type(None)), text)
    if origin is tuple:
        return tuple(sample(one, text) for one in inner if one is not Ellipsis)
    assert isinstance(hint, type), f"{hint} may hold texts that nobody hides"
    if issubclass(hint, Enum):
        return next(iter(hint))
    if issubclass(hint, Struct):
        return hint(**{name: sample(one, text) for name, one in get_type_hints(hint).items()})
    values: dict[type, object] = {
        str: text, int: 1, float: 1.0, bool: True, bytes: b"x", Decimal: Decimal(1), type(None): None
    }  # fmt: skip
    return values[hint]


def texts(value: object) -> typing.Iterator[tuple[str, str]]:
    """Every text in a value, with the name of its field."""
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            for inner, text in texts(getattr(value, name)):
                yield inner or name, text
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield "", value


@pytest.mark.parametrize("kind", [one for one in KINDS if one not in STREAMS])
def test_no_text_of_any_event_keeps_a_secret(kind: type[e.Event]) -> None:
    event = typing.cast(e.Event, sample(kind, f"no such key {SECRET}!"))
    hidden = Discretion(Redactor({"api_key": SECRET}))(event)
    assert type(hidden) is kind
    left = {name for name, text in texts(hidden) if SECRET in text}
    assert left <= OURS
    assert all(text == f"no such key {HIDDEN}!" for name, text in texts(hidden) if name not in OURS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_without_secrets_is_passed_on_as_it_is(kind: type[e.Event]) -> None:
    event = typing.cast(e.Event, sample(kind, "nothing to hide"))
    discreet = Discretion(Redactor({"api_key": SECRET}))
    assert discreet(event) is event
    assert discreet(event) is event


def test_streams_bring_no_words_of_the_servers() -> None:
    assert {name for kind in STREAMS for name, _ in texts(sample(kind, "x"))} <= CHECKED


def test_a_secret_learnt_later_is_hidden_from_then_on() -> None:
    redactor = Redactor()
    discreet = Discretion(redactor)
    event = e.JournalReceived("a", f"signed in as {SECRET}")
    assert discreet(event) is event
    redactor.learn_from({"access_token": SECRET})
    assert discreet(event) == e.JournalReceived("a", f"signed in as {HIDDEN}")


def test_what_is_no_text_stays_as_it_was() -> None:
    order = Order(
        link="a", id="7", symbol="EURUSD", side=Side.BUY, kind=OrderKind.LIMIT, status=OrderStatus.REJECTED,
        quantity=0.1, price=1.1, comment=f"no, {SECRET}", reason=f"{SECRET} is wrong", created_ms=5,
    )  # fmt: skip
    hidden = Discretion(Redactor({"api_key": SECRET}))(e.OrderUpdated(order))
    expected = {"comment": f"no, {HIDDEN}", "reason": f"{HIDDEN} is wrong"}
    assert isinstance(hidden, e.OrderUpdated)
    for name in Order.__struct_fields__:
        assert getattr(hidden.order, name) == expected.get(name, getattr(order, name))


def test_the_beginning_of_a_secret_that_was_cut_is_hidden_too() -> None:
    discreet = Discretion(Redactor({"api_key": SECRET}))
    for length in range(8, len(SECRET)):
        cut = e.JournalReceived("a", f"the key {SECRET[:length]}…")
        assert discreet(cut) == e.JournalReceived("a", f"the key {HIDDEN}…")
    assert discreet(e.JournalReceived("a", "the key 0123…")) == e.JournalReceived("a", "the key 0123…")


async def test_a_link_hides_what_its_server_quotes(stub: Stub, record: Record) -> None:
    async def quoting(connection: ServerConnection) -> None:
        await connection.send("hello")
        await connection.send(f"you signed in with {SECRET}")
        await connection.send(f"bad frame with {SECRET}")
        await connection.close(1008, f"bad key {SECRET}")

    stub.talk = quoting
    link = Link(EchoCodec("echo", Endpoint(stub.url, credentials={"api_key": SECRET})), record)
    link.start()
    await record.until(lambda: LinkState.RECONNECTING in record.states)
    await link.stop()
    assert record.lines == [f"you signed in with {HIDDEN}"]
    assert any(isinstance(event, e.NoticeReceived) and HIDDEN in event.text for event in record.events)
    assert any(isinstance(event, e.LinkChanged) and HIDDEN in event.detail for event in record.events)
    assert SECRET not in str(record.events)
