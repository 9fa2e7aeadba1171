"""The bot on a real futures account: which signals it trades, how large, and what it says about itself."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, ClosePosition, ControlBot, PlaceOrder, Refused
from embedded_server.model.enums import (
    Action,
    BotStatus,
    OrderKind,
    Reason,
    RefusalCode,
    Resolution,
    Side,
)
from embedded_server.model.events import (
    BotStatusChanged,
    BotTradeFailed,
    OrderFilled,
    PositionClosed,
    PositionOpened,
)
from embedded_server.model.instruments import MICROS
from embedded_server.model.states import AiSignal
from embedded_server.strategies.bot import Bot

KEY = "BTCUSDT-PERP"


@pytest.fixture
def bot(exchange: Any) -> Bot:
    bot = Bot(exchange.simulation, exchange.market, exchange.accounts, exchange.ai_service)
    bot.start()
    exchange.run(2)
    return bot


def signal(
    exchange: Any, identity: str = "signal_1", action: Action = Action.LONG, **changes: Any
) -> AiSignal:
    mark = exchange.market.mark(changes.get("instrument", KEY))
    sign = -1 if action is Action.SHORT else 1
    plain = AiSignal(
        id=identity,
        instrument=KEY,
        action=action,
        confidence=0.82,
        model="made by a test",
        timeframe=Resolution.H1,
        reasoning="because",
        strategy_scores={"RSI Strategy": 0.6, "MACD Strategy": 0.9, "Volume Strategy": 0.7},
        trend_direction="Bullish",
        trend_strength=0.5,
        volatility_level="Medium",
        overall_risk="Medium",
        position_size=0.05,
        stop_loss=mark - sign * mark // 20,
        take_profit=mark + sign * mark // 20,
        time=exchange.simulation.now,
    )
    return replace(plain, **changes)


def publish(exchange: Any, one: AiSignal) -> None:
    exchange.ai_service.publish(one)
    exchange.settle()


def positions(exchange: Any) -> list[tuple[Side, int]]:
    return [(one.side, one.lots) for one in exchange.accounts["futures"].positions()]


def test_the_bot_starts_running(exchange: Any, bot: Bot) -> None:
    assert bot.state().status is BotStatus.RUNNING
    assert [event.bot.status for event in exchange.of(BotStatusChanged)] == [BotStatus.RUNNING]


def test_a_confident_signal_is_traded_with_its_protection(exchange: Any, bot: Bot) -> None:
    one = signal(exchange)
    publish(exchange, one)
    (position,) = exchange.accounts["futures"].positions()
    assert (position.side, position.leverage) == (Side.BUY, 10)
    assert (position.stop_loss, position.take_profit) == (one.stop_loss, one.take_profit)
    fills = exchange.of(OrderFilled)
    assert {(fill.order.signal_id, fill.order.strategy, fill.order.reason) for fill in fills} == {
        ("signal_1", "MACD Strategy", Reason.SIGNAL)
    }
    share = position.margin_micros / (0.05 * 10_000 * MICROS)
    assert 0.95 < share <= 1.01


@pytest.mark.parametrize(("confidence", "trades"), [(0.70, 0), (0.71, 1), (0.0, 0), (1.0, 1)])
def test_only_confidence_strictly_above_seventy_percent_is_traded(
    exchange: Any, bot: Bot, confidence: float, trades: int
) -> None:
    publish(exchange, signal(exchange, confidence=confidence))
    assert len(positions(exchange)) == trades


def test_a_neutral_signal_is_not_traded(exchange: Any, bot: Bot) -> None:
    publish(exchange, signal(exchange, action=Action.NEUTRAL))
    assert positions(exchange) == []


def test_a_signal_of_an_instrument_of_another_account_is_not_traded(exchange: Any, bot: Bot) -> None:
    publish(exchange, signal(exchange, instrument="BTCUSDT"))
    publish(exchange, signal(exchange, "signal_2", instrument="AAPL"))
    assert exchange.of(PositionOpened) == []


def test_the_same_signal_trades_once(exchange: Any, bot: Bot) -> None:
    one = signal(exchange)
    publish(exchange, one)
    (position,) = exchange.accounts["futures"].positions()
    exchange.accounts.submit(ClosePosition(account="futures", position_id=position.id))
    publish(exchange, one)
    assert positions(exchange) == []


def test_a_second_signal_the_same_way_does_not_add(exchange: Any, bot: Bot) -> None:
    publish(exchange, signal(exchange))
    before = positions(exchange)
    publish(exchange, signal(exchange, "signal_2"))
    assert positions(exchange) == before


def test_an_opposite_signal_closes_first_and_then_opens(exchange: Any, bot: Bot) -> None:
    publish(exchange, signal(exchange))
    publish(exchange, signal(exchange, "signal_2", Action.SHORT))
    (closed,) = exchange.of(PositionClosed)
    opened = exchange.of(PositionOpened)
    assert (closed.position.side, closed.reason) == (Side.BUY, Reason.SIGNAL)
    assert [event.position.side for event in opened] == [Side.BUY, Side.SELL]
    assert exchange.events.index(closed) < exchange.events.index(opened[1])


def test_a_recommendation_above_a_tenth_of_the_balance_is_cut(exchange: Any, bot: Bot) -> None:
    publish(exchange, signal(exchange, position_size=0.9))
    (position,) = exchange.accounts["futures"].positions()
    assert position.margin_micros <= 0.101 * 10_000 * MICROS


def test_a_trade_beyond_the_free_balance_fails_and_says_what_was_missing(exchange: Any, bot: Bot) -> None:
    other = "ETHUSDT-PERP"
    value = exchange.market.instruments[other].notional_micros(exchange.market.quote(other).ask, 1)
    outcome = exchange.accounts.submit(
        PlaceOrder(
            account="futures",
            instrument=other,
            side=Side.BUY,
            kind=OrderKind.LIMIT,
            price=exchange.market.quote(other).ask * 9 // 10,
            lots=10_700 * MICROS // value,
            leverage=1,
        )
    )
    assert isinstance(outcome, Accepted), outcome
    publish(exchange, signal(exchange))
    (failed,) = exchange.of(BotTradeFailed)
    assert (failed.instrument, failed.signal_id) == (KEY, "signal_1")
    assert failed.message == "Insufficient balance for trade execution"
    assert failed.required_micros == pytest.approx(500 * MICROS, rel=0.05)
    assert failed.available_micros == exchange.accounts["futures"].state().available_micros
    assert failed.available_micros < failed.required_micros
    assert positions(exchange) == []


def test_pause_and_stop_end_trading_and_start_begins_it_again(exchange: Any, bot: Bot) -> None:
    assert bot.submit(ControlBot(command="PAUSE")) == Accepted()
    publish(exchange, signal(exchange))
    assert positions(exchange) == []
    assert bot.submit(ControlBot(command="START")) == Accepted()
    publish(exchange, signal(exchange, "signal_2"))
    assert len(positions(exchange)) == 1
    assert bot.submit(ControlBot(command="STOP")) == Accepted()
    assert [event.bot.status for event in exchange.of(BotStatusChanged)][-1] is BotStatus.STOPPED


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (["START"], RefusalCode.INVALID_STATE),
        (["PAUSE", "PAUSE"], RefusalCode.INVALID_STATE),
        (["STOP", "STOP"], RefusalCode.INVALID_STATE),
        (["STOP", "PAUSE"], RefusalCode.INVALID_STATE),
        (["DANCE"], RefusalCode.INVALID),
    ],
)
def test_a_command_that_does_not_fit_is_refused(bot: Bot, commands: list[str], code: RefusalCode) -> None:
    for command in commands[:-1]:
        assert bot.submit(ControlBot(command=command)) == Accepted()
    before = bot.state()
    outcome = bot.submit(ControlBot(command=commands[-1]))
    assert isinstance(outcome, Refused)
    assert outcome.code is code
    assert bot.state() == before


def test_uptime_counts_from_the_start_through_pauses_and_anew_after_a_stop(exchange: Any, bot: Bot) -> None:
    exchange.run(8)
    assert bot.state().uptime_seconds == 10
    bot.submit(ControlBot(command="PAUSE"))
    exchange.run(5)
    bot.submit(ControlBot(command="START"))
    assert bot.state().uptime_seconds == 15
    bot.submit(ControlBot(command="STOP"))
    assert bot.state().uptime_seconds == 0
    bot.submit(ControlBot(command="START"))
    exchange.run(3)
    assert bot.state().uptime_seconds == 3


def test_the_next_signal_is_five_minutes_after_the_last(exchange: Any, bot: Bot) -> None:
    exchange.ai_service.start()
    exchange.run(3)
    state = bot.state()
    assert state.last_signal_time is not None
    assert state.next_signal_time == state.last_signal_time + 300 * SECOND


def test_profit_is_the_balance_against_the_opening_one(exchange: Any, bot: Bot) -> None:
    publish(exchange, signal(exchange))
    (position,) = exchange.accounts["futures"].positions()
    exchange.accounts.submit(ClosePosition(account="futures", position_id=position.id))
    exchange.settle()
    state = bot.state()
    account = exchange.accounts["futures"].state()
    assert state.balance_micros == account.balance_micros != account.opening_micros
    assert state.pnl_micros == account.balance_micros - account.opening_micros
    assert state.pnl_percent == pytest.approx(100 * state.pnl_micros / account.opening_micros)
    assert exchange.of(BotStatusChanged)[-1].bot == state


def test_a_halted_bot_does_not_start_until_it_may(bot: Bot) -> None:
    assert bot.halt() is True
    assert bot.halt() is False
    outcome = bot.submit(ControlBot(command="START"))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.KILL_SWITCH
    bot.resume()
    assert bot.state().status is BotStatus.PAUSED
    assert bot.submit(ControlBot(command="START")) == Accepted()


def test_an_unaffordable_trade_is_reported(exchange: Any, bot: Bot) -> None:
    publish(exchange, signal(exchange, position_size=1e-9))
    (failed,) = exchange.of(BotTradeFailed)
    assert failed.signal_id == "signal_1"
    assert failed.required_micros > 0
    assert failed.available_micros > 0


def test_the_bot_trades_real_signals_for_hours_inside_its_bounds(crypto_exchange: Any) -> None:
    exchange = crypto_exchange
    exchange.ai_service.start()
    Bot(exchange.simulation, exchange.market, exchange.accounts, exchange.ai_service).start()
    account = exchange.accounts["futures"]
    for _ in range(3 * 12):
        exchange.run(300)
        balance = account.state().balance_micros
        for position in account.positions():
            assert position.leverage == 10
            assert position.margin_micros <= 0.11 * balance
            assert position.stop_loss is not None
            assert position.take_profit is not None
    signals = {one.id: one for one in exchange.ai_service.history()}
    opened = [event.position for event in exchange.of(PositionOpened)]
    assert opened
    assert len({position.signal_id for position in opened}) == len(opened)
    for position in opened:
        one = signals[position.signal_id]
        assert one.confidence > 0.70
        assert (one.action is Action.LONG) == (position.side is Side.BUY)
        assert one.instrument == position.instrument
    assert sum(entry.amount_micros for entry in account.ledger()) == account.state().balance_micros
