"""Two orders of one request: each is kept before they leave, and each has an outcome of its own."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from tui_trader.connection.intents import IntentFile
from tui_trader.connection.outcomes import Outcomes
from tui_trader.model.commands import Command, FindOrders, PlaceOcoOrders, PlaceOrder, RefreshAccount
from tui_trader.model.events import CommandAnswered, CommandLost, OrdersReplaced
from tui_trader.model.values import OrderKind, Side

FIRST = PlaceOrder(
    link="spot", symbol="BTCUSDT", side=Side.SELL, kind=OrderKind.LIMIT, quantity=Decimal("0.1"),
    price=Decimal(70_000), reference="a-1",
)  # fmt: skip
SECOND = replace(FIRST, kind=OrderKind.STOP, price=None, stop_price=Decimal(60_000), reference="a-2")
PAIR = PlaceOcoOrders(link="spot", symbol="BTCUSDT", orders=(FIRST, SECOND))


def outcomes(folder: Path, sent: list[Command]) -> tuple[Outcomes, IntentFile]:
    """The outcomes of one account, and what they keep on disk."""
    file = IntentFile(folder, "1")
    return Outcomes(lambda event: None, sent.append, {"spot": "account"}, file), file


def kept(file: IntentFile) -> list[str]:
    """References of orders without an outcome."""
    return [intent.order.reference for intent in file.of_account("account")]


def test_both_are_on_disk_before_they_leave_and_off_it_as_each_is_answered(tmp_path: Path) -> None:
    them, file = outcomes(tmp_path, [])
    them.begin(PAIR)
    assert kept(file) == ["a-1", "a-2"]
    them(CommandAnswered(link="spot", reference="a-1", accepted=True, order_id="5"))
    assert kept(file) == ["a-2"]
    them(CommandAnswered(link="spot", reference="a-2", accepted=True, order_id="6"))
    assert kept(file) == []
    them.close()


def test_what_did_not_leave_is_not_kept(tmp_path: Path) -> None:
    them, file = outcomes(tmp_path, [])
    them.begin(PAIR)
    them.withdraw(PAIR)
    assert kept(file) == []
    them.close()


def test_the_one_that_was_not_confirmed_is_asked_for_by_its_name(tmp_path: Path) -> None:
    sent: list[Command] = []
    them, file = outcomes(tmp_path, sent)
    them.begin(PAIR)
    them(CommandAnswered(link="spot", reference="a-1", accepted=True, order_id="5"))
    them(CommandLost("spot", "a-2", "not confirmed: verify"))
    them(OrdersReplaced("spot", ()))
    assert RefreshAccount(link="spot") in sent
    (found,) = (one for one in sent if isinstance(one, FindOrders))
    assert "a-2" in found.references
    assert "a-2" in kept(file)
    them.close()
