"""Orders that wait together are taken whole or not at all, whatever is wrong with either."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest
from accounts_stage import Stage
from msgspec.structs import replace

from embedded_server.model.commands import Accepted, Command, Outcome, PlaceOcoOrders, PlaceOrder, Refused
from embedded_server.model.enums import OrderKind, OrderStatus, Side, TimeInForce

BUY, SELL = Side.BUY, Side.SELL
BTC = "BTCUSDT"
QUOTE = (6_400_000, 6_400_100)

TARGET = PlaceOrder(
    account="spot", instrument=BTC, side=SELL, kind=OrderKind.LIMIT, lots=100, price=7_000_000, reference="t"
)
STOP = PlaceOrder(
    account="spot",
    instrument=BTC,
    side=SELL,
    kind=OrderKind.STOP,
    lots=100,
    stop_price=6_000_000,
    reference="s",
)


@dataclass
class Desk:
    """A spot account that holds 100 lots."""

    stage: Stage = field(default_factory=Stage)

    def __post_init__(self) -> None:
        self.stage.quote(BTC, *QUOTE)
        self.stage.order(BTC, BUY, 100)
        self.stage.events.clear()

    def send(self, *orders: PlaceOrder, group: str | None = None) -> Outcome:
        """Send orders that wait together."""
        return self.stage.submit(PlaceOcoOrders(account="spot", orders=orders, oco_group=group))

    @property
    def working(self) -> int:
        """Working orders."""
        return len(self.stage.accounts["spot"].working_orders())


def test_both_stand_under_one_group_and_share_what_they_sell() -> None:
    desk = Desk()
    outcome = desk.send(TARGET, STOP)
    assert isinstance(outcome, Accepted)
    first, second = desk.stage.accounts["spot"].working_orders()
    assert (first.id, second.id) == (outcome.id, first.id + 1)
    assert first.oco_group == second.oco_group == f"oco-{first.id}"
    assert (first.kind, second.kind) == (OrderKind.LIMIT, OrderKind.STOP)


@pytest.mark.parametrize(
    ("orders", "field"),
    [
        ((TARGET,), "orders"),
        ((TARGET, STOP, STOP), "orders"),
        ((TARGET, replace(STOP, lots=101)), "lots"),
        ((TARGET, replace(STOP, stop_price=6_500_000)), "stop_price"),
        ((TARGET, replace(STOP, instrument="ETHUSDT")), "instrument"),
        ((TARGET, replace(STOP, kind=OrderKind.MARKET, stop_price=None)), "kind"),
        ((replace(TARGET, time_in_force=TimeInForce.FOK), STOP), "time_in_force"),
        ((replace(TARGET, price=6_300_000), STOP), "price"),
        ((TARGET, replace(STOP, lots=0)), "lots"),
        ((TARGET, replace(TARGET, reference="t2")), "lots"),
        ((TARGET, replace(STOP, reference="t")), "reference"),
        (
            (replace(TARGET, price=6_400_040), replace(TARGET, side=BUY, price=6_400_060, reference="b")),
            "price",
        ),
    ],
)
def test_nothing_is_left_of_a_pair_of_which_one_is_refused(
    orders: tuple[PlaceOrder, ...], field: str
) -> None:
    desk = Desk()
    before = desk.stage.accounts["spot"].state()
    outcome = desk.send(*orders)
    assert isinstance(outcome, Refused)
    assert outcome.field == field
    assert desk.working == 0
    assert desk.stage.events == []
    assert desk.stage.accounts["spot"].state() == before
    accepted = desk.send(TARGET, STOP)
    assert isinstance(accepted, Accepted)
    assert accepted.id == 2, "a refusal uses up no number"


def test_a_pair_is_kept_in_the_journal_as_the_one_command_it_is() -> None:
    command = PlaceOcoOrders(account="spot", orders=(TARGET, STOP), oco_group="exit")
    kept = msgspec.msgpack.Decoder(Command).decode(msgspec.msgpack.encode(command))
    assert kept == command


def test_the_same_pair_sent_twice_is_taken_once() -> None:
    desk = Desk()
    desk.send(TARGET, STOP)
    again = desk.send(TARGET, STOP)
    assert isinstance(again, Refused)
    assert again.field == "reference"
    assert desk.working == 2


def test_a_named_group_is_used_and_cannot_be_used_again_once_decided() -> None:
    desk = Desk()
    desk.send(TARGET, STOP, group="exit")
    desk.stage.offer(BTC, BUY, 7_000_000, 2_000_000)
    desk.stage.settle()
    statuses = [order.status for order in desk.stage.accounts["spot"].order_history()[1:]]
    assert statuses == [OrderStatus.FILLED, OrderStatus.CANCELED]
    desk.stage.quote(BTC, *QUOTE)
    desk.stage.order(BTC, BUY, 100)
    refused = desk.send(replace(TARGET, reference="t2"), replace(STOP, reference="s2"), group="exit")
    assert isinstance(refused, Refused)
    assert refused.field == "oco_group"


def test_a_trailing_stop_limit_takes_its_limit_along() -> None:
    desk = Desk()
    state = desk.stage.order(
        BTC, SELL, 100, OrderKind.STOP_LIMIT, stop_price=6_390_000, price=6_380_000, trailing_ticks=10_000
    )
    desk.stage.quote(BTC, 6_500_000, 6_500_100)
    moved = desk.stage.state(state.id)
    assert (moved.stop_price, moved.price) == (6_490_000, 6_480_000)
