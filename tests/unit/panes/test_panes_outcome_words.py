"""What became of a signal in words: figures whole, states as known."""

from __future__ import annotations

import pytest

from tui_trader.model.values import OrderStatus, Side
from tui_trader.panes.outcome_words import brief, lines
from tui_trader.store.instruments import Instruments
from tui_trader.store.outcomes import Outcome, Trail

OPEN = Trail(
    by="the bot",
    link="bot_core",
    symbol="BTCUSDT-PERP",
    order_id="binance_order_7",
    side=Side.SELL,
    quantity=12_345.6789,
    status=OrderStatus.FILLED,
    filled=12_345.6789,
    price=1_104_900.25,
    remaining=12_345.6789,
    position_id="pos_3",
    unrealised=-7_762_345.67,
)
SENT = Trail(
    by="your ticket",
    link="channels",
    symbol="BTCUSDT",
    order_id="",
    side=Side.BUY,
    quantity=1,
    status=OrderStatus.UNKNOWN,
)


@pytest.mark.parametrize("width", [48, 60, 120])
def test_the_longest_figures_are_whole_at_every_width(width: int) -> None:
    told = ["".join(text for text, _ in line) for line in lines(Outcome((OPEN,)), Instruments(), width)]
    assert all(len(line) <= width for line in told)
    assert "sell 12,345.6789 BTCUSDT.P at 1,104,900.25" in "\n".join(told)
    assert "12,345.6789 open in pos_3: " in "\n".join(told)
    assert told[-1].endswith("-7,762,345.67")


def test_an_order_whose_answer_was_lost_is_unknown_and_to_be_verified() -> None:
    told = ["".join(text for text, _ in line) for line in lines(Outcome((SENT,)), Instruments(), 60)]
    assert told == ["your ticket: buy 1 BTCUSDT", "  unknown, verify"]
    assert brief(Outcome((SENT,))) == "your ticket: unknown, verify"


def test_a_list_has_the_result_of_all_its_orders_together() -> None:
    closed = Trail(
        by="your ticket",
        link="channels",
        symbol="BTCUSDT",
        order_id="8",
        side=Side.BUY,
        quantity=1,
        status=OrderStatus.FILLED,
        filled=1,
        price=100.0,
        exit=104.0,
        realised=4.0,
    )
    assert brief(Outcome((closed,))) == "closed +4.00"
    assert brief(Outcome((OPEN, closed))) == "open -7,762,341.67"
    assert brief(Outcome((), "no order came of it")) == "no order came of it"
