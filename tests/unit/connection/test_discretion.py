"""A server that quotes our secret back: it is hidden before anything can show, keep or export it."""

from __future__ import annotations

from typing import get_args

import pytest
from link_stub import EchoCodec, Record, Stub
from websockets.asyncio.server import ServerConnection

from tui_trader.connection.discretion import _TELLING, discreet
from tui_trader.connection.link import Link
from tui_trader.model import events as e
from tui_trader.model.values import LinkState, Severity
from tui_trader.protocols.codec import Endpoint
from tui_trader.protocols.redaction import HIDDEN, Redactor

SECRET = "0123456789abcdef"

TOLD = (
    e.NoticeReceived("a", Severity.ERROR, f"no such key {SECRET}"),
    e.JournalReceived("a", f"login with {SECRET}"),
    e.UnknownReceived("a", "x", f'{{"type":"x","token":"{SECRET}"}}'),
    e.SessionEnded("a", f"session {SECRET} was ended"),
    e.LinkChanged("a", LinkState.RECONNECTING, f"closed: 1008 {SECRET}"),
    e.CommandAnswered(link="a", reference="r", accepted=False, detail=f"signature={SECRET} is wrong"),
    e.CommandLost("a", "r", f"{SECRET}"),
)


@pytest.mark.parametrize("event", TOLD, ids=lambda event: type(event).__name__)
def test_texts_lose_their_secrets_and_nothing_else(event: e.Event) -> None:
    hidden = discreet(event, Redactor({"api_key": SECRET}))
    assert type(hidden) is type(event)
    assert SECRET not in str(hidden)
    assert HIDDEN in str(hidden)
    assert discreet(hidden, Redactor()) is hidden


def test_every_event_with_a_text_of_the_servers_is_looked_at() -> None:
    texts = {kind for kind in get_args(e.Event) if {"text", "detail"} & set(kind.__struct_fields__)}
    assert texts - _TELLING == {e.RequoteEnded, e.RiskAlertRaised}, "sentences of our own, and the guardian's"
    assert {type(event) for event in TOLD} == _TELLING


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
