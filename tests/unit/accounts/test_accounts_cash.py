"""Cash accounts: nothing is sold that is not held, nothing is bought that is not paid for."""

from __future__ import annotations

import pytest
from accounts_stage import Stage

from embedded_server.accounts.position_book import Holding
from embedded_server.accounts.reservations import Reservations
from embedded_server.model.commands import CancelOrder, ClosePosition, Refused
from embedded_server.model.enums import OrderKind, OrderStatus, RefusalCode, Side
from embedded_server.model.instruments import MICROS

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderKind.LIMIT, OrderKind.STOP
BTC = "BTCUSDT"


def _short(refused: Refused) -> bool:
    return refused.code is RefusalCode.INSUFFICIENT_FUNDS and refused.field == "lots"


def test_nothing_can_be_sold_short(stage: Stage) -> None:
    assert _short(stage.refused("AAPL", SELL, 1))
    assert _short(stage.refused(BTC, SELL, 1, LIMIT, price=7_000_000))
    assert _short(stage.refused(BTC, SELL, 1, STOP, stop_price=6_000_000))


def test_holdings_cannot_be_sold_twice(stage: Stage) -> None:
    stage.order(BTC, BUY, 100)
    order = stage.order(BTC, SELL, 60, LIMIT, price=7_000_000)
    assert _short(stage.refused(BTC, SELL, 41))
    stage.order(BTC, SELL, 40)
    stage.submit(CancelOrder(account="spot", order_id=order.id))
    stage.order(BTC, SELL, 60)
    assert not stage.accounts["spot"].positions()


def test_cash_cannot_be_spent_twice(stage: Stage) -> None:
    stage.order(BTC, BUY, 10_000, LIMIT, price=6_000_000)
    assert _short(stage.refused(BTC, BUY, 10_000, LIMIT, price=6_000_000))
    assert _short(stage.refused(BTC, BUY, 10_000))
    stage.order(BTC, BUY, 5_000, LIMIT, price=6_000_000)


def test_a_market_order_is_checked_at_the_prices_it_would_meet(stage: Stage) -> None:
    stage.quote("AAPL", 22_849, 25_000, lots=4_000)
    stage.offer("AAPL", SELL, 25_001, 10)
    assert _short(stage.refused("AAPL", BUY, 4_001))
    stage.order("AAPL", BUY, 4_000)
    assert stage.accounts["equities"].state().available_micros == 0


def test_a_waiting_buy_stop_reserves_cash_and_a_sell_stop_holdings(stage: Stage) -> None:
    stage.order(BTC, BUY, 100, STOP, stop_price=7_000_000)
    assert stage.accounts["spot"].state().reserved_micros == 700_700_000
    stage.order(BTC, BUY, 100)
    stage.order(BTC, SELL, 100, STOP, stop_price=6_000_000)
    assert _short(stage.refused(BTC, SELL, 1))


def test_a_buy_stop_that_gapped_beyond_the_cash_is_canceled_with_a_reason(stage: Stage) -> None:
    order = stage.order(BTC, BUY, 14_000, STOP, stop_price=7_000_000)
    stage.quote(BTC, 7_400_000, 7_400_100)
    order = stage.state(order.id)
    assert order.status is OrderStatus.CANCELED
    assert order.refusal is not None
    assert "available" in order.refusal
    assert stage.accounts["spot"].state().reserved_micros == 0


def test_strategies_hold_their_own_positions(stage: Stage) -> None:
    stage.order("AAPL", BUY, 10, strategy="sma")
    stage.order("AAPL", BUY, 5, strategy="rsi")
    assert _short(stage.refused("AAPL", SELL, 6, strategy="rsi"))
    assert _short(stage.refused("AAPL", SELL, 1))
    stage.order("AAPL", SELL, 5, strategy="rsi")
    (left,) = stage.accounts["equities"].positions()
    assert (left.strategy, left.lots) == ("sma", 10)


def test_a_position_can_be_closed_by_its_number_whoever_holds_it(stage: Stage) -> None:
    stage.order("AAPL", BUY, 10, strategy="sma")
    position = stage.position("equities")
    stage.submit(ClosePosition(account="equities", position_id=position.id, lots=4))
    assert stage.position("equities").lots == 6
    stage.submit(ClosePosition(account="equities", position_id=position.id))
    closed = stage.accounts["equities"].position(position.id)
    assert closed is not None
    assert (closed.status, closed.lots, closed.closed_at) == ("closed", 0, stage.simulation.now)


def test_closing_a_position_makes_its_resting_sales_way(stage: Stage) -> None:
    stage.order(BTC, BUY, 100)
    resting = stage.order(BTC, SELL, 80, LIMIT, price=7_000_000)
    position = stage.position("spot")
    stage.submit(ClosePosition(account="spot", position_id=position.id, lots=50))
    assert stage.state(resting.id).lots == 50
    assert stage.market.depth(BTC, 5)[1][-1].lots == 50
    stage.submit(ClosePosition(account="spot", position_id=position.id))
    assert stage.state(resting.id).status is OrderStatus.CANCELED
    assert not stage.accounts["spot"].positions()


def test_fitting_many_sales_adds_up_what_they_hold_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.order(BTC, BUY, 200)
    sales = [stage.order(BTC, SELL, 1, LIMIT, price=7_000_000 + number) for number in range(100)]
    sums: list[object] = []
    add_up = Reservations.lots

    def noted(self: Reservations, holding: Holding) -> int:
        sums.append(holding)
        return add_up(self, holding)

    monkeypatch.setattr(Reservations, "lots", noted)
    stage.order(BTC, SELL, 50)
    assert len(sums) < 5
    position = stage.position("spot")
    sums.clear()
    stage.submit(ClosePosition(account="spot", position_id=position.id, lots=110))
    assert len(sums) < 5
    assert [stage.state(sale.id).status for sale in sales] == ["working"] * 40 + ["canceled"] * 60


def test_average_cost_leaves_no_micro_unit_behind(stage: Stage) -> None:
    for price in (22_851, 22_852, 22_856):
        stage.quote("AAPL", price - 2, price)
        stage.order("AAPL", BUY, 1)
    stage.order("AAPL", SELL, 1)
    stage.order("AAPL", SELL, 1)
    stage.order("AAPL", SELL, 1)
    account = stage.accounts["equities"].state()
    assert account.realised_micros == (3 * 22_854 - 22_851 - 22_852 - 22_856) * 10_000
    assert account.balance_micros == account.opening_micros + account.realised_micros


def test_equity_is_balance_plus_unrealised_and_buying_alone_costs_only_the_fee(stage: Stage) -> None:
    stage.order(BTC, BUY, 1_000)
    account = stage.accounts["spot"].state()
    assert account.balance_micros == 100_000 * MICROS - account.fees_micros
    assert account.equity_micros == account.balance_micros + account.unrealised_micros
    assert account.margin_micros == 0


def test_peak_equity_remembers_the_highest_mark(stage: Stage) -> None:
    stage.order("AAPL", BUY, 1_000)
    stage.quote("AAPL", 23_000, 23_001)
    stage.take("AAPL", SELL, 1)
    peak = stage.accounts["equities"].state().equity_micros
    stage.quote("AAPL", 22_000, 22_001)
    stage.take("AAPL", SELL, 1)
    account = stage.accounts["equities"].state()
    assert account.equity_micros < peak
    assert account.peak_equity_micros == peak
