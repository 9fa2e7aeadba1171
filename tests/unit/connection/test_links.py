"""All links of a session: commands go to the link they name, and one that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from link_stub import Record, Stub

from tui_trader.connection.links import LinkPlan, Links
from tui_trader.model import commands as c
from tui_trader.model.errors import CommandError, SettingsError
from tui_trader.model.events import LinkChanged, NoticeReceived
from tui_trader.model.values import LinkState, OrderKind, Severity, Side
from tui_trader.protocols.codec import Endpoint


def plans(stub: Stub) -> list[LinkPlan]:
    return [
        LinkPlan("mine", "risk_guardian", Endpoint(stub.url)),
        LinkPlan("gone", "ai_service", Endpoint("ws://127.0.0.1:1/ws")),
    ]


def states(record: Record, name: str) -> list[LinkState]:
    return [event.state for event in record.events if isinstance(event, LinkChanged) and event.link == name]


async def test_a_link_that_cannot_connect_leaves_the_others_alone(stub: Stub, record: Record) -> None:
    async def greet(connection: object) -> None:
        await connection.send('{"type":"risk_status","data":{"equity":1,"exposure":0}}')  # type: ignore[attr-defined]
        await stub.listen(connection)  # type: ignore[arg-type]

    stub.talk = greet
    links = Links(plans(stub), record)
    links.start()
    await record.until(lambda: LinkState.READY in states(record, "mine"))
    await record.until(lambda: LinkState.RECONNECTING in states(record, "gone"))
    links.send(c.EngageKillSwitch(link="mine", reason="x"))
    await stub.until(lambda: any("engage_kill_switch" in str(message) for message in stub.received))
    assert links.status("mine").state is LinkState.READY
    assert links.status("gone").messages == 0
    await links.stop()
    assert states(record, "mine")[-1] is states(record, "gone")[-1] is LinkState.CLOSED


def test_links_are_named_in_the_order_they_were_given(stub: Stub, record: Record) -> None:
    assert Links(plans(stub), record).names == ("mine", "gone")


def test_what_a_link_supports_is_what_its_protocol_carries(stub: Stub, record: Record) -> None:
    links = Links(plans(stub), record)
    assert links.supports("mine", c.EngageKillSwitch)
    assert not links.supports("mine", c.PlaceOrder)
    assert not links.supports("nobody", c.PlaceOrder)


def test_a_command_for_nobody_is_refused(stub: Stub, record: Record) -> None:
    links = Links(plans(stub), record)
    order = c.PlaceOrder(
        link="nobody", symbol="X", side=Side.BUY, kind=OrderKind.MARKET, quantity=Decimal(1), reference="r"
    )
    with pytest.raises(CommandError, match="no link named 'nobody'"):
        links.send(order)


def test_a_protocol_nobody_knows_is_refused_with_those_that_are(record: Record) -> None:
    with pytest.raises(SettingsError, match="no protocol 'fix'; known are orchestrator"):
        Links([LinkPlan("x", "fix", Endpoint("ws://h"))], record)


def test_the_consoles_own_events_join_those_of_the_links(stub: Stub, record: Record) -> None:
    notice = NoticeReceived("", Severity.INFO, "hello")
    Links(plans(stub), record).tell(notice)
    assert record.events == [notice]


async def test_links_that_never_started_stop_too(stub: Stub, record: Record) -> None:
    async with asyncio.timeout(5):
        await Links(plans(stub), record).stop()
