"""Orders, requotes and positions: what leaves the console, and only when it was meant."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from tui_trader.model.commands import AnswerRequote, CancelOrder, ClosePosition, PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.events import (
    CommandAnswered,
    CommandLost,
    LinkChanged,
    OrderRecalled,
    OrderUpdated,
    RequoteEnded,
    RequoteOffered,
)
from tui_trader.model.values import LinkState, Order, OrderKind, OrderStatus, Side


def requoted(order_id: str = "512", offer: float = 1.08597) -> RequoteOffered:
    order = Order(
        link="onetrade", id=order_id, symbol="EURUSD", side=Side.BUY, kind=OrderKind.MARKET,
        status=OrderStatus.REQUOTED, quantity=0.5, price=1.0859, offer_price=offer,
    )  # fmt: skip
    return RequoteOffered(order=order, old_price=1.0859, valid_seconds=5.0)


async def test_the_ticket_sends_a_limit_order_after_a_second_look(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l", "tab")
        await it.type("0.25")
        await it.press("tab")
        await it.type("1.08")
        await it.press("enter")
        assert "BUY 0.25 EURUSD limit at 1.08" in it.screen
        assert it.wires.of(PlaceOrder) == []
        await it.fresh()
        await it.press("enter")
        (order,) = it.wires.of(PlaceOrder)
        assert (order.link, order.symbol, order.side, order.kind) == (
            "onetrade", "EURUSD", Side.BUY, OrderKind.LIMIT,
        )  # fmt: skip
        assert (order.quantity, order.price) == (Decimal("0.25"), Decimal("1.08"))
        assert "pending" not in it.screen
        await it.go("orders")
        assert "◌ pending" in it.screen


async def test_a_second_enter_within_half_a_second_is_the_same_press(stage) -> None:
    async with stage() as it:
        await it.press("f9", "s", "tab", "m", "tab")
        await it.type("1")
        await it.press("enter", "enter", "enter")
        assert it.wires.of(PlaceOrder) == []


async def test_the_type_is_never_market_by_default(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "tab")
        await it.type("1")
        await it.press("enter")
        assert "choose a type" in it.screen
        await it.fresh()
        await it.press("enter")
        assert it.wires.of(PlaceOrder) == []


async def test_complaints_stand_beside_their_fields(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l", "tab")
        await it.type("0.005")
        await it.press("tab")
        await it.type("1.0800001")
        await it.press("tab")
        await it.type("1.2")
        await it.press("enter")
        lines = it.screen.splitlines()
        assert any("Quantity" in line and "at least 0.01" in line for line in lines)
        assert any("Price" in line and "steps of 0.00001" in line for line in lines)
        assert any("Stop loss" in line and "belongs below" in line for line in lines)


async def test_a_stale_quote_blocks_the_ticket(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "m", "tab")
        await it.type("1")
        await it.wait(4.0)
        await it.press("enter")
        assert "its quote is stale" in it.screen
        await it.wait(1.0)
        await it.press("enter")
        assert it.wires.of(PlaceOrder) == []


async def test_keys_that_arrive_together_reach_the_fields_they_were_meant_for(stage) -> None:
    async with stage() as it:
        await it.press("f9")
        await it.pilot.press("b", "tab", "m", "tab", "0", "full_stop", "2")
        await it.show()
        assert "[buy]" in it.screen
        assert "[market]" in it.screen
        assert "Quantity      0.2" in " ".join(it.screen.split("\n"))


async def test_a_deviation_names_the_price_that_was_seen(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("buy 0.1 EURUSD market dev 3")
        await it.press("enter")
        await it.fresh()
        await it.press("enter")
        (order,) = it.wires.of(PlaceOrder)
        assert order.deviation_points == 3
        assert order.price == Decimal("1.08590")


async def test_a_lost_answer_is_unknown_and_never_rejected(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("sell 0.1 EURUSD market")
        await it.press("enter")
        await it.fresh()
        await it.press("y")
        await it.go("orders")
        (order,) = it.wires.of(PlaceOrder)
        await it.tell(CommandLost("onetrade", order.reference, "no answer in 10 s"))
        assert "? UNKNOWN" in it.screen
        assert "rejected" not in it.screen
        lost = msgspec.structs.replace(order, reference="of-yesterday", quantity=Decimal("0.3"))
        await it.tell(OrderRecalled("onetrade", lost, 1_767_571_200_000))
        assert it.screen.count("? UNKNOWN") == 2
        await it.press("enter", "x")
        assert it.wires.dismissed == [order.reference], "verified by the user, and asked for no more"
        assert it.screen.count("? UNKNOWN") == 1
        await it.press("x")
        assert it.screen.count("? UNKNOWN") == 1, "a key held down does not reach the row that moved up"
        await it.wait(0.6)
        await it.press("x")
        assert it.wires.dismissed == [order.reference, "of-yesterday"]
        assert len(it.wires.of(PlaceOrder)) == 1, "nothing is ever sent again"


async def test_a_refusal_closes_the_order_with_the_reason(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("sell 0.1 EURUSD market")
        await it.press("enter")
        await it.fresh()
        await it.press("y")
        await it.go("orders")
        await it.press("h")
        (order,) = it.wires.of(PlaceOrder)
        await it.tell(
            CommandAnswered(link="onetrade", reference=order.reference, accepted=False, detail="no money")
        )
        assert "✕ rejected" in it.screen
        assert "no money" in it.screen


async def test_what_a_link_refuses_to_send_leaves_no_pending_order(stage) -> None:
    async with stage() as it:
        it.wires.refusal = CommandError("the link is not ready")
        await it.press("colon")
        await it.type("sell 0.1 EURUSD market")
        await it.press("enter")
        await it.fresh()
        await it.press("y")
        await it.go("orders")
        assert "the link is not ready" in it.screen
        assert "pending" not in it.screen


async def test_a_requote_is_accepted_and_explained(stage) -> None:
    async with stage() as it:
        await it.tell(requoted())
        assert "+7 points, worse" in it.screen
        assert "-3.50 USD" in it.screen
        await it.wait(1.0)
        await it.press("a")
        (answer,) = it.wires.of(AnswerRequote)
        assert (answer.order_id, answer.accepted) == ("512", True)
        assert "waiting for the dealer" in it.screen
        filled = Order(
            link="onetrade", id="512", symbol="EURUSD", side=Side.BUY, kind=OrderKind.MARKET,
            status=OrderStatus.FILLED, quantity=0.5, filled=0.5, average_price=1.08597,
        )  # fmt: skip
        await it.tell(OrderUpdated(filled), RequoteEnded("onetrade", "512", "accepted"))
        assert "accepted: filled at 1.08597" in it.screen
        await it.wait(5.0)
        assert "Requote" not in it.screen


async def test_a_requote_takes_no_key_that_was_on_its_way_to_something_else(stage) -> None:
    async with stage() as it:
        await it.tell(requoted())
        await it.press("a", "r")
        assert it.wires.of(AnswerRequote) == []


async def test_requotes_queue_up_and_a_late_answer_is_explained(stage) -> None:
    async with stage() as it:
        await it.tell(requoted("1"), requoted("2", 1.0861))
        assert "2 waiting" in it.screen
        await it.press("n")
        assert "order 2" in it.screen
        await it.wait(1.0)
        await it.press("r")
        await it.tell(RequoteEnded("onetrade", "2", "refused"))
        assert "order 1" in it.screen
        await it.wait(6.0)
        assert "time is up" in it.screen
        await it.press("a")
        await it.tell(RequoteEnded("onetrade", "1", "too late: the offer had expired"))
        assert "too late: the offer had expired" in it.screen


async def test_a_requote_waits_while_the_user_types(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("bu")
        await it.tell(requoted())
        assert "1 requote" in it.screen
        await it.type("a")
        assert it.wires.of(AnswerRequote) == []
        await it.press("escape")
        assert "+7 points, worse" in it.screen


async def test_trade_keys_are_dead_until_the_pane_is_armed(stage) -> None:
    async with stage() as it:
        await it.go("positions")
        await it.press("x")
        assert it.wires.of(ClosePosition) == []
        assert "not armed" in it.screen
        await it.press("enter")
        assert "ARMED" in it.screen
        await it.press("x", "x")
        (closed,) = it.wires.of(ClosePosition)
        assert closed.position_id == "1001"


async def test_leaving_a_pane_disarms_it(stage) -> None:
    async with stage() as it:
        await it.go("orders")
        await it.press("enter")
        assert "ARMED" in it.screen
        await it.go("positions")
        await it.go("orders")
        assert "ARMED" not in it.screen
        await it.press("x")
        assert it.wires.of(CancelOrder) == []


async def test_a_lost_link_disarms(stage) -> None:
    async with stage() as it:
        await it.go("orders")
        await it.press("enter")
        await it.tell(LinkChanged("onetrade", LinkState.RECONNECTING))
        assert "ARMED" not in it.screen


async def test_an_armed_pane_cancels_the_order_under_the_cursor(stage) -> None:
    async with stage() as it:
        await it.go("orders")
        await it.press("enter", "j", "x")
        (canceled,) = it.wires.of(CancelOrder)
        assert canceled.order_id == "9f31"


async def test_cancel_by_pattern(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("cancel GBP*")
        await it.press("enter")
        (canceled,) = it.wires.of(CancelOrder)
        assert canceled.order_id == "501"
