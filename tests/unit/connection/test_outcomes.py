"""What became of orders: kept before they leave, asked for when an answer is lost, sent by nobody again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intents import killed, left_to, order

from tui_trader.connection.intents import MOST, IntentFile
from tui_trader.connection.outcomes import REFUSALS, Outcomes
from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Order, OrderKind, OrderStatus, Side

NUMBERS = count()


class Scene:
    """Outcomes of one link's orders, what they told, and what they asked."""

    def __init__(self, folder: Path, account: str = "a") -> None:
        self.told: list[e.Event] = []
        self.asked: list[c.Command] = []
        self.refusing = False
        self.file = IntentFile(folder, f"{next(NUMBERS)}")
        self.outcomes = Outcomes(self.told.append, self._send, {"forex": account, "spot": ""}, self.file)

    def _send(self, command: c.Command) -> None:
        if self.refusing:
            raise CommandError("the link is reconnecting: nothing was sent")
        self.asked.append(command)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    one = Scene(tmp_path)
    yield one
    killed(one.file)


def as_the_server_has_it(reference: str, status: OrderStatus = OrderStatus.WORKING) -> Order:
    return Order(
        link="forex", id=f"id-{reference}", symbol="EURUSD", side=Side.BUY, kind=OrderKind.LIMIT,
        status=status, quantity=0.1, reference=reference,
    )  # fmt: skip


ANSWERS = {
    "accepted": e.CommandAnswered(link="forex", reference="r", accepted=True, order_id="1"),
    "refused": e.CommandAnswered(link="forex", reference="r", accepted=False),
    "an event": e.OrderUpdated(as_the_server_has_it("r")),
    "a list": e.OrdersReplaced("forex", (as_the_server_has_it("r"),)),
    "an offer": e.RequoteOffered(order=as_the_server_has_it("r"), old_price=1.0, valid_seconds=5.0),
    "found": e.OrdersFound("forex", ("r",), (as_the_server_has_it("r", OrderStatus.FILLED),)),
}


@pytest.mark.parametrize("event", ANSWERS.values(), ids=ANSWERS)
def test_any_word_of_the_server_about_an_order_settles_its_intent(scene: Scene, event: e.Event) -> None:
    scene.outcomes.begin(order("r"))
    assert "r" in scene.file
    scene.outcomes(event)
    assert "r" not in scene.file
    assert scene.told == [event]
    assert scene.asked == []


def test_a_lost_answer_asks_for_the_lists_and_then_for_the_order_by_its_name(scene: Scene) -> None:
    scene.outcomes.begin(order("r"))
    scene.outcomes(e.CommandLost("forex", "r", "no answer: verify"))
    assert scene.asked == [c.RefreshAccount(link="forex")]
    scene.outcomes(e.OrdersReplaced("forex", ()))
    assert scene.asked[1:] == [c.FindOrders(link="forex", references=("r",))]
    scene.outcomes(e.OrdersFound("forex", ("r",), ()))
    assert "r" in scene.file, "not known to the server is no outcome"
    scene.outcomes.end("r")
    assert "r" not in scene.file
    scene.outcomes(e.OrdersReplaced("forex", ()))
    assert len(scene.asked) == 2, "what its user has verified is not asked for again"


def test_what_was_refused_is_asked_for_once_after_the_next_list(scene: Scene) -> None:
    # a request that a network sent twice: the copy was taken, the original truthfully refused, the event lost
    scene.outcomes.begin(order("r"))
    scene.outcomes(ANSWERS["refused"])
    assert scene.asked == []
    for _ in range(2):  # a question that is lost is asked again
        scene.outcomes(e.OrdersReplaced("forex", ()))
    assert scene.asked == [c.FindOrders(link="forex", references=("r",))] * 2
    scene.outcomes(e.OrdersFound("forex", ("r",), ()))
    scene.outcomes(e.OrdersReplaced("forex", ()))
    assert len(scene.asked) == 2, "the server knows no such order: the refusal stands"


def test_only_the_newest_refusals_are_asked_for(scene: Scene) -> None:
    for number in range(REFUSALS + 1):
        scene.outcomes.begin(order(f"r-{number}"))
        scene.outcomes(e.CommandAnswered(link="forex", reference=f"r-{number}", accepted=False))
    scene.outcomes(e.OrdersReplaced("forex", ()))
    question = scene.asked[-1]
    assert isinstance(question, c.FindOrders)
    assert (len(question.references), question.references[0]) == (REFUSALS, "r-1")


def test_what_cannot_be_asked_now_is_asked_after_the_next_list(scene: Scene) -> None:
    scene.outcomes.begin(order("r"))
    scene.refusing = True
    scene.outcomes(e.CommandLost("forex", "r", "cut"))
    scene.refusing = False
    scene.outcomes(e.OrdersReplaced("forex", ()))
    assert scene.asked == [c.FindOrders(link="forex", references=("r",))]


def test_the_answer_to_something_else_that_is_lost_asks_nothing(scene: Scene) -> None:
    scene.outcomes(e.CommandLost("forex", "a-cancel", "cut"))
    assert scene.asked == []


def test_an_order_that_ends_in_a_gap_is_asked_for(scene: Scene) -> None:
    scene.outcomes.begin(order("r"))
    scene.outcomes(ANSWERS["accepted"])
    scene.outcomes(e.OrdersReplaced("forex", ()))
    assert scene.asked == [c.FindOrders(link="forex", references=("r",))]


def test_two_orders_of_one_request_are_each_asked_for(scene: Scene, tmp_path: Path) -> None:
    pair = c.PlaceOcoOrders(link="forex", symbol="EURUSD", orders=(order("q-1"), order("q-2")))
    scene.outcomes.begin(pair)
    for reference in ("q-1", "q-2"):
        scene.outcomes(e.CommandLost("forex", reference, "cut"))
    scene.outcomes(e.OrdersReplaced("forex", (as_the_server_has_it("q-1"),)))
    assert scene.asked[-1] == c.FindOrders(link="forex", references=("q-2",))
    killed(scene.file)
    assert left_to(tmp_path, "next") == ["q-2"]
    scene.file = IntentFile(tmp_path, "again")


def test_a_pair_that_cannot_be_kept_whole_leaves_nothing_behind(scene: Scene) -> None:
    for number in range(MOST - 1):
        scene.outcomes.begin(order(f"x-{number}"))
    pair = c.PlaceOcoOrders(link="forex", symbol="EURUSD", orders=(order("q-1"), order("q-2")))
    with pytest.raises(CommandError, match="verify and dismiss"):
        scene.outcomes.begin(pair)
    assert "q-1" not in scene.file


def test_an_account_that_ends_with_the_console_leaves_no_intent(scene: Scene) -> None:
    scene.outcomes.begin(order("r", link="spot"))
    assert "r" not in scene.file


def test_what_is_left_is_told_before_anything_else_to_the_account_it_was_meant_for(tmp_path: Path) -> None:
    first = Scene(tmp_path)
    first.outcomes.begin(order("r"))
    killed(first.file)
    elsewhere = Scene(tmp_path, account="another")
    elsewhere.outcomes.recall()
    assert elsewhere.told == []
    killed(elsewhere.file)
    again = Scene(tmp_path)
    again.outcomes.recall()
    assert [event.order.reference for event in again.told if isinstance(event, e.OrderRecalled)] == ["r"]
    assert again.asked == []
    killed(again.file)


def test_an_order_is_kept_for_the_account_that_is_behind_its_link_now(scene: Scene) -> None:
    scene.outcomes.meet("forex", "after a restart")
    scene.outcomes.begin(order("r"))
    assert scene.file.of_account("a") == ()
    assert [intent.order.reference for intent in scene.file.of_account("after a restart")] == ["r"]


def test_an_account_whose_link_is_called_otherwise_has_its_orders_under_the_new_name(tmp_path: Path) -> None:
    first = Scene(tmp_path)
    first.outcomes.begin(order("r"))
    killed(first.file)
    second = Scene(tmp_path)
    Outcomes(second.told.append, second._send, {"fx": "a"}, second.file).recall()
    (recalled,) = (event for event in second.told if isinstance(event, e.OrderRecalled))
    assert (recalled.link, recalled.order.link) == ("fx", "fx")
    killed(second.file)


EVENTS = st.sampled_from(
    [
        *ANSWERS.values(),
        e.CommandLost("forex", "r", "cut"),
        e.OrdersReplaced("forex", ()),
        e.OrdersFound("forex", ("r",), ()),
        "begin",
        "end",
    ]
)


@settings(deadline=None)  # every order is synced to the disk, which has a time of its own
@given(st.lists(EVENTS, max_size=12))
def test_whatever_happens_only_questions_are_asked(steps: list[e.Event | str]) -> None:
    with TemporaryDirectory() as folder:
        scene = Scene(Path(folder))
        for step in steps:
            if step == "begin":
                scene.outcomes.begin(order("r"))
            elif step == "end":
                scene.outcomes.end("r")
            else:
                scene.outcomes(step)  # type: ignore[arg-type]  # an event
        killed(scene.file)
        assert {type(command) for command in scene.asked} <= {c.FindOrders, c.RefreshAccount}
