"""Statistics against cases worked out by hand."""

from __future__ import annotations

from math import sqrt

import pytest

from tui_trader.model.values import Deal, Side
from tui_trader.statistics import Drawdown, Record, drawdown, measure, results


def deal(
    number: int,
    *,
    closing: bool | None,
    profit: float | None = None,
    fee: float = 0.0,
    quantity: float = 1.0,
    position: str = "7",
) -> Deal:
    return Deal(
        link="fx", id=str(number), order_id="1", symbol="EURUSD", side=Side.BUY, quantity=quantity, price=1.0,
        position_id=position, profit=profit, fee=fee, closing=closing,
    )  # fmt: skip


def test_five_trades_worked_out_by_hand() -> None:
    record = measure([100.0, -50.0, 30.0, 0.0, -20.0])
    assert (record.trades, record.wins, record.losses) == (5, 2, 2)
    assert record.net == pytest.approx(60.0)
    assert (record.gross_profit, record.gross_loss) == (130.0, 70.0)
    assert (record.best, record.worst) == (100.0, -50.0)
    assert record.win_rate == pytest.approx(0.4)
    assert record.profit_factor == pytest.approx(13 / 7)
    assert record.expectancy == pytest.approx(12.0)
    # squares of the distances from 12: 7744 + 3844 + 324 + 144 + 1024 = 13080; over 4
    assert record.sharpe == pytest.approx(12 / sqrt(3270))


def test_no_trade_has_no_figures() -> None:
    assert measure([]) == Record()


def test_without_a_loss_there_is_no_profit_factor_and_without_spread_no_sharpe() -> None:
    record = measure([10.0, 10.0])
    assert record.profit_factor is None
    assert record.sharpe is None
    assert record.win_rate == 1.0
    assert measure([-5.0]).profit_factor == 0.0


def test_the_deepest_fall_is_from_the_peak_before_it() -> None:
    assert drawdown([100, 120, 90, 130, 117, 140]) == Drawdown(30, 25.0)
    # 20 of 50 is the deeper one in percent, 30 of 150 in money
    assert drawdown([50, 30, 150, 120]) == Drawdown(30, 40.0)
    assert drawdown([]) == Drawdown()
    assert drawdown([5, 6, 7]) == Drawdown()


def test_a_trade_pays_for_opening_and_closing_it() -> None:
    deals = [deal(1, closing=False, fee=3.0), deal(2, closing=True, profit=50.0, fee=2.0)]
    assert results(deals) == [pytest.approx(45.0)]


def test_the_cost_of_opening_is_shared_by_partial_closes() -> None:
    deals = [
        deal(1, closing=False, fee=4.0, quantity=1.0),
        deal(2, closing=True, profit=10.0, fee=1.0, quantity=0.25),
        deal(3, closing=True, profit=-6.0, fee=3.0, quantity=0.75),
    ]
    assert results(deals) == [pytest.approx(8.0), pytest.approx(-12.0)]


def test_a_server_that_does_not_say_what_closed_is_taken_by_its_profits() -> None:
    deals = [deal(1, closing=None, profit=0.0), deal(2, closing=None), deal(3, closing=None, profit=-7.5)]
    assert results(deals) == [-7.5]
    assert results([deal(1, closing=True, profit=0.0, fee=1.0)]) == [-1.0]
