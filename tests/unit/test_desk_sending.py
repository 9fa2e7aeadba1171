"""What the desk notes of a command: before an order leaves, and what it says of one that did not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.ui import scripted_wires
from tui_trader.desk import Desk
from tui_trader.model.commands import PlaceOcoOrders, PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.values import OrderKind, Severity, Side
from tui_trader.store.store import Store

LIMIT, STOP = (
    PlaceOrder(
        link="onetrade", symbol="EURUSD", side=Side.BUY, kind=OrderKind.LIMIT, quantity=Decimal("0.5"),
        price=Decimal("1.08"), reference=reference,
    ) for reference in ("r-1", "r-2")
)  # fmt: skip
PAIR = PlaceOcoOrders(link="onetrade", symbol="EURUSD", orders=(LIMIT, STOP))


@pytest.mark.parametrize("command", [LIMIT, PAIR], ids=["one", "a pair"])
def test_an_order_that_could_not_leave_is_not_left_in_the_journal_as_sent(
    command: PlaceOrder | PlaceOcoOrders,
) -> None:
    clock = scripted_wires.Clock()
    desk = Desk(Store(), clock, "test")
    desk.wires = wires = scripted_wires.ScriptedWires()
    wires.refusal = CommandError("not sent: the disk is full")
    with pytest.raises(CommandError):
        desk.send(command)
    assert list(desk.store.orders.active) == []
    last = list(desk.store.journal)[-1]
    assert (last.kind, last.severity) == ("refused", Severity.WARNING)
    assert last.text.startswith("not sent: the disk is full")
    wires.refusal = None
    desk.send(command)
    assert [line.kind for line in desk.store.journal][-1] == "sent"
