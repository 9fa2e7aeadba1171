"""Orders are shown exactly as far as they are known."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from tui_trader.model.commands import PlaceOcoOrders, PlaceOrder
from tui_trader.model.events import CommandAnswered, CommandLost, OrdersFound, OrdersReplaced, OrderUpdated
from tui_trader.model.values import Order, OrderKind, OrderStatus, Severity, Side
from tui_trader.store.orders import CLOSED
from tui_trader.store.store import Store

SENT = PlaceOrder(
    link="broker", symbol="EURUSD", side=Side.BUY, kind=OrderKind.LIMIT,
    quantity=Decimal("0.5"), reference="r1", price=Decimal("1.08"),
)  # fmt: skip


def order(order_id: str = "7", status: OrderStatus = OrderStatus.WORKING, **fields: object) -> Order:
    known = Order(
        link="broker", id=order_id, symbol="EURUSD", side=Side.BUY, kind=OrderKind.LIMIT,
        status=status, quantity=0.5,
    )  # fmt: skip
    return replace(known, **fields)


def statuses(store: Store) -> list[OrderStatus]:
    return [one.status for one in store.orders.active]


def test_a_sent_order_is_pending() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    (waiting,) = store.orders.active
    assert (waiting.status, waiting.id, waiting.quantity) == (OrderStatus.PENDING, "", 0.5)


def test_an_acceptance_alone_does_not_make_it_working() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(CommandAnswered(link="broker", reference="r1", accepted=True, order_id="7"), 1.0)
    (waiting,) = store.orders.active
    assert (waiting.status, waiting.id) == (OrderStatus.PENDING, "7")


def test_the_order_event_takes_the_place_of_the_pending_one_by_number() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(CommandAnswered(link="broker", reference="r1", accepted=True, order_id="7"), 1.0)
    store.apply(OrderUpdated(order()), 2.0)
    assert statuses(store) == [OrderStatus.WORKING]
    assert store.orders.by_reference("r1") == order(reference="r1")


def test_the_order_event_may_come_before_the_answer() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(OrderUpdated(order()), 1.0)
    store.apply(CommandAnswered(link="broker", reference="r1", accepted=True, order_id="7"), 2.0)
    assert statuses(store) == [OrderStatus.WORKING]


def test_a_lost_answer_is_unknown_until_an_event_tells() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(CommandLost("broker", "r1", ""), 10.0)
    assert statuses(store) == [OrderStatus.UNKNOWN]
    store.apply(OrderUpdated(order(reference="r1", status=OrderStatus.FILLED)), 12.0)
    assert statuses(store) == []
    assert [one.status for one in store.orders.closed] == [OrderStatus.FILLED]


def test_a_refusal_closes_the_order() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(CommandAnswered(link="broker", reference="r1", accepted=False, detail="no money"), 1.0)
    (closed,) = store.orders.closed
    assert (closed.status, closed.reason) == (OrderStatus.REJECTED, "no money")


def test_an_order_event_tells_more_than_a_refusal_that_came_before_it() -> None:
    store = Store()  # a request that arrived twice: the copy was taken, the other one refused
    store.sent(SENT, 0.0)
    store.apply(CommandAnswered(link="broker", reference="r1", accepted=False, detail="used"), 1.0)
    store.apply(OrderUpdated(order(reference="r1", status=OrderStatus.FILLED)), 2.0)
    assert [(one.id, one.status) for one in store.orders.closed] == [("7", OrderStatus.FILLED)]


def test_the_servers_lists_win_over_a_refusal() -> None:
    for told, status in (
        (OrdersReplaced("broker", (order(reference="r1"),)), OrderStatus.WORKING),
        (
            OrdersFound("broker", ("r1",), (order(reference="r1", status=OrderStatus.FILLED),)),
            OrderStatus.FILLED,
        ),
        (OrdersFound("broker", ("r1",), ()), OrderStatus.REJECTED),
    ):
        store = Store()
        store.sent(SENT, 0.0)
        store.apply(CommandAnswered(link="broker", reference="r1", accepted=False, detail="used"), 1.0)
        store.apply(told, 2.0)
        shown = [*store.orders.active, *store.orders.closed]
        assert [(one.reference, one.status) for one in shown] == [("r1", status)]
        revived = [line.text for line in store.journal if "refused, and yet the server has it" in line.text]
        assert len(revived) == (status is not OrderStatus.REJECTED), "who was told a refusal is told this too"


def test_a_terminal_state_is_final() -> None:
    store = Store()
    store.apply(OrderUpdated(order(status=OrderStatus.CANCELED)), 0.0)
    store.apply(OrderUpdated(order()), 1.0)
    assert statuses(store) == []


def test_an_order_missing_from_the_complete_list_is_unknown_and_journalled() -> None:
    store = Store()
    store.apply(OrderUpdated(order("7")), 0.0)
    store.apply(OrderUpdated(order("8")), 0.0)
    store.apply(OrdersReplaced("broker", (order("8"),)), 1.0)
    assert [one.id for one in store.orders.active] == ["8"]
    assert [(one.id, one.status) for one in store.orders.closed] == [("7", OrderStatus.UNKNOWN)]
    assert list(store.journal)[-1].severity is Severity.WARNING


def test_an_accepted_order_missing_from_the_complete_list_is_unknown_not_pending_for_ever() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(CommandAnswered(link="broker", reference="r1", accepted=True, order_id="7"), 1.0)
    store.apply(OrdersReplaced("broker", ()), 2.0)
    assert statuses(store) == []
    shown = store.orders.by_reference("r1")
    assert shown is not None
    assert (shown.id, shown.status) == ("7", OrderStatus.UNKNOWN)
    assert list(store.journal)[-1].severity is Severity.WARNING


def test_an_order_without_an_answer_yet_is_not_judged_by_a_list() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(OrdersReplaced("broker", ()), 1.0)
    assert statuses(store) == [OrderStatus.PENDING]


def test_an_order_thought_ended_that_an_event_shows_alive_works_under_its_reference() -> None:
    store = Store()
    store.sent(SENT, 0.0)
    store.apply(CommandAnswered(link="broker", reference="r1", accepted=True, order_id="7"), 1.0)
    store.apply(OrdersReplaced("broker", ()), 2.0)  # made before the order was
    store.apply(OrderUpdated(order()), 3.0)
    assert [(one.status, one.reference) for one in store.orders.active] == [(OrderStatus.WORKING, "r1")]
    assert list(store.orders.closed) == []


def test_a_complete_list_does_not_touch_other_links() -> None:
    store = Store()
    store.apply(OrderUpdated(order()), 0.0)
    store.apply(OrdersReplaced("another", ()), 1.0)
    assert statuses(store) == [OrderStatus.WORKING]


def test_an_order_thought_ended_that_is_listed_again_works() -> None:
    store = Store()
    store.apply(OrderUpdated(order()), 0.0)
    store.apply(OrdersReplaced("broker", ()), 1.0)
    store.apply(OrdersReplaced("broker", (order(),)), 2.0)
    assert statuses(store) == [OrderStatus.WORKING]
    assert list(store.orders.closed) == []


def test_a_list_from_before_an_orders_end_does_not_bring_it_back() -> None:
    store = Store()
    store.apply(OrderUpdated(order(updated_ms=1_000)), 0.0)
    store.apply(OrderUpdated(order(status=OrderStatus.FILLED, updated_ms=2_000)), 1.0)
    store.apply(OrdersReplaced("broker", (order(updated_ms=1_000),)), 1.1)
    assert statuses(store) == []
    assert [one.status for one in store.orders.closed] == [OrderStatus.FILLED]
    store.apply(OrdersReplaced("broker", (order(updated_ms=3_000),)), 9.0)
    assert statuses(store) == [OrderStatus.WORKING], "a server with another history uses the number again"


def test_history_is_bounded_and_drops_the_oldest() -> None:
    store = Store()
    for number in range(CLOSED + 5):
        store.apply(OrderUpdated(order(str(number), OrderStatus.FILLED)), 0.0)
    closed = list(store.orders.closed)
    assert (len(closed), closed[0].id) == (CLOSED, "5")


def test_orders_sent_as_one_wait_together_and_are_answered_each_by_its_own_name() -> None:
    store = Store()
    second = replace(SENT, kind=OrderKind.STOP, price=None, stop_price=Decimal("1.1"), reference="r2")
    pair = PlaceOcoOrders(link="broker", symbol="EURUSD", orders=(SENT, second))
    store.sent(pair, 0.0)
    assert statuses(store) == [OrderStatus.PENDING] * 2
    assert {one.oco for one in store.orders.active} == {"r1"}
    assert "one cancels the other" in next(iter(store.journal)).text
    for reference in ("r1", "r2"):
        store.apply(CommandLost("broker", reference, "no answer: verify"), 1.0)
    assert statuses(store) == [OrderStatus.UNKNOWN] * 2
    store.apply(OrderUpdated(order("7", reference="r1", oco="oco-7")), 2.0)
    assert sorted(statuses(store)) == [OrderStatus.UNKNOWN, OrderStatus.WORKING], "each as far as it is known"


def test_an_id_that_a_server_gives_again_after_it_forgot_its_past_is_another_order() -> None:
    ended = order(status=OrderStatus.FILLED, filled=0.5, created_ms=1_000, updated_ms=9_000)
    again = {
        "side": {"side": Side.SELL},
        "symbol": {"symbol": "GBPUSD"},
        "moment": {"created_ms": 5_000, "updated_ms": 5_000},
        "reference": {"reference": "r2", "created_ms": 1_000},
    }
    for what, fields in again.items():
        for told in (OrderUpdated, lambda one: OrdersReplaced("broker", (one,))):
            store = Store()
            store.apply(OrderUpdated(replace(ended, reference="r1" if what == "reference" else None)), 1.0)
            store.apply(told(order(**fields)), 2.0)
            (working,) = store.orders.active
            assert working.status is OrderStatus.WORKING, what
            assert working.reference == fields.get("reference")


def test_the_same_order_that_ended_stays_ended_whatever_comes_late() -> None:
    store = Store()
    ended = order(status=OrderStatus.FILLED, reference="r1", created_ms=1_000, updated_ms=9_000)
    store.apply(OrderUpdated(ended), 1.0)
    store.apply(OrderUpdated(order(reference="r1", created_ms=1_000, updated_ms=5_000)), 2.0)
    store.apply(OrderUpdated(order(updated_ms=5_000)), 3.0)
    store.apply(OrdersReplaced("broker", (order(created_ms=1_000, updated_ms=5_000),)), 4.0)
    assert list(store.orders.active) == []
    assert store.orders.get("broker", "7") == ended
