"""What became of a signal, told by the links; where they do not tell, it is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tui_trader.model import events as e
from tui_trader.model.commands import PlaceOrder
from tui_trader.model.values import (
    Bot,
    Deal,
    LinkState,
    Order,
    OrderKind,
    OrderStatus,
    Position,
    Severity,
    Side,
    Signal,
)
from tui_trader.store.outcomes import PROMPT_MS, outcome
from tui_trader.store.signals import key_of
from tui_trader.store.store import Store

BTC = "BTCUSDT-PERP"
NOON = 1_767_268_800_000
LONG = Signal(
    link="ai_service", id="one", source="ai", symbol=BTC, direction="long", confidence=0.8, time_ms=NOON
)
OPENED = Deal(
    link="bot_core",
    id="t1",
    order_id="o1",
    symbol=BTC,
    side=Side.BUY,
    quantity=2,
    price=100.0,
    fee=1.0,
    signal_id="signal_1",
    time_ms=NOON + 5,
)
HELD = Position(link="bot_core", id="p1", symbol=BTC, side=Side.BUY, quantity=2, entry_price=100.0)


def told(*events: e.Event, signal: Signal = LONG) -> Store:
    """A store whose links were ready before the signal came."""
    store = Store()
    for link in ("bot_core", "ai_service", "orchestrator", "channels"):
        store.apply(e.LinkChanged(link, LinkState.READY), 1.0)
    store.apply(e.BotUpdated(Bot(link="bot_core", status="RUNNING", mode="PAPER_TRADING")), 1.0)
    store.apply(e.SignalReceived(signal), 2.0)
    for event in events:
        store.apply(event, 3.0)
    return store


def quote(price: float) -> e.QuoteUpdated:
    return e.QuoteUpdated(link="bot_core", symbol=BTC, bid=price, ask=price, last=price)


def test_the_bots_order_is_open_at_a_result_after_its_fee() -> None:
    store = told(e.DealDone(OPENED), e.PositionUpdated(HELD), quote(103.0))
    (trail,) = outcome(LONG, store).trails
    assert (trail.by, trail.order_id, trail.filled, trail.price) == ("the bot", "o1", 2, 100.0)
    assert (trail.remaining, trail.position_id) == (2, "p1")
    assert trail.unrealised == pytest.approx(2 * 3 - 1)
    assert trail.realised is None


def test_a_stop_loss_of_the_same_signal_closes_it_and_says_the_loss() -> None:
    stopped = replace(OPENED, id="t2", order_id="o2", side=Side.SELL, price=95.0, time_ms=NOON + 60_000)
    store = told(e.DealDone(OPENED), e.PositionUpdated(HELD), e.DealDone(stopped))
    store.apply(e.PositionRemoved("bot_core", "p1", BTC), 4.0)
    (trail,) = outcome(LONG, store).trails
    assert (trail.remaining, trail.exit) == (0, 95.0)
    assert trail.realised == pytest.approx(-10 - 1 - 1)


@pytest.mark.parametrize(
    "deal",
    [
        replace(OPENED, time_ms=NOON + PROMPT_MS + 1),
        replace(OPENED, time_ms=NOON - 1),
        replace(OPENED, side=Side.SELL),
        replace(OPENED, symbol="ETHUSDT-PERP"),
        replace(OPENED, signal_id=None),
    ],
    ids=["later", "before", "other side", "other instrument", "of no signal"],
)
def test_a_deal_that_does_not_fit_is_not_taken_for_the_signals(deal: Deal) -> None:
    assert outcome(LONG, told(e.DealDone(deal))).note == "no order came of it"


def test_of_two_signals_the_later_one_before_the_deal_explains_it() -> None:
    later = replace(LONG, id="two", time_ms=NOON + 3)
    store = told(e.SignalReceived(later), e.DealDone(OPENED), e.PositionUpdated(HELD))
    assert outcome(LONG, store).trails == ()
    assert len(outcome(later, store).trails) == 1


def test_two_signals_of_one_moment_leave_it_open() -> None:
    store = told(e.SignalReceived(replace(LONG, id="two")), e.DealDone(OPENED))
    assert outcome(LONG, store).note.startswith("not known")


def test_what_a_link_did_while_it_was_away_is_not_known() -> None:
    store = told(
        e.LinkChanged("bot_core", LinkState.RECONNECTING), e.LinkChanged("bot_core", LinkState.READY)
    )
    assert outcome(LONG, store).note == "not known: bot_core was away since"
    store.apply(e.DealDone(OPENED), 4.0)
    (trail,) = outcome(LONG, store).trails
    assert trail.doubt == "bot_core was away since"
    assert (trail.unrealised, trail.realised) == (None, None)


def test_an_order_that_the_bot_could_not_place_is_said_with_its_reason() -> None:
    refused = e.NoticeReceived(
        "bot_core", Severity.ERROR, "Insufficient balance", "TRADE_EXECUTION_FAILED", BTC, NOON + 5
    )
    assert outcome(LONG, told(refused)).note == "bot_core could not: Insufficient balance"
    for other in (
        replace(refused, symbol="ETHUSDT-PERP"),
        replace(refused, time_ms=NOON + PROMPT_MS + 1),
        replace(refused, code="MARKET_DATA_ERROR"),
    ):
        assert outcome(LONG, told(other)).note == "no order came of it"


def test_a_neutral_signal_is_nothing_to_trade() -> None:
    neutral = replace(LONG, direction="neutral")
    assert "neutral" in outcome(neutral, told(signal=neutral)).note


def test_a_strategys_trade_is_tied_by_strategy_instrument_side_and_moment() -> None:
    signal = Signal(
        link="orchestrator",
        id="sig_1",
        source="strategy",
        symbol="AAPL",
        direction="long",
        confidence=0.9,
        strategy_id="s1",
        time_ms=NOON,
    )
    trade = replace(OPENED, link="orchestrator", symbol="AAPL", strategy="s1", signal_id=None)
    other = replace(trade, id="t9", order_id="o9", strategy="s2")
    store = told(e.DealDone(trade), e.DealDone(other), signal=signal)
    (trail,) = outcome(signal, store).trails
    assert (trail.by, trail.order_id) == ("the strategy", "o1")
    assert trail.remaining == 2, "the list that shows what it holds comes a moment later"


def test_an_order_from_the_signals_ticket_is_followed_to_its_end() -> None:
    store = told()
    command = PlaceOrder(
        link="channels",
        symbol="BTCUSDT",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        quantity=Decimal(2),
        reference="me-1",
        signal=key_of(LONG),
    )
    store.sent(command, 3.0)
    (trail,) = outcome(LONG, store).trails
    assert (trail.by, trail.status, trail.filled) == ("your ticket", OrderStatus.PENDING, 0)
    bought = Order(
        link="channels",
        id="7",
        symbol="BTCUSDT",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        status=OrderStatus.FILLED,
        quantity=2,
        filled=2,
        average_price=100.0,
        reference="me-1",
        updated_ms=NOON,
    )
    sold = replace(bought, id="8", reference="me-2", side=Side.SELL, average_price=104.0, updated_ms=NOON + 9)
    store.apply(e.OrderUpdated(bought), 4.0)
    store.apply(e.OrderUpdated(sold), 5.0)
    (trail,) = outcome(LONG, store).trails
    assert (trail.status, trail.exit, trail.realised) == (OrderStatus.FILLED, 104.0, 8.0)
