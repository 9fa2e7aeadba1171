"""From the engine's states and events to the bot core's messages: functions of their arguments only."""

from __future__ import annotations

from embedded_server.model.enums import Resolution, Side
from embedded_server.model.events import BarClosed
from embedded_server.model.states import BotState, DayStatistics, Indicators, PositionState, Quote
from embedded_server.protocols.bot_core import messages as m
from embedded_server.protocols.wire_numbers import Precision, money, percent
from embedded_server.protocols.wire_time import epoch_ms

VERSION = "1.0.0"
TIMEFRAME_MS = {
    Resolution.M1: 60_000,
    Resolution.M5: 300_000,
    Resolution.M15: 900_000,
    Resolution.H1: 3_600_000,
    Resolution.H4: 14_400_000,
    Resolution.D1: 86_400_000,
}
"""Timeframes of ChartUpdate with their length."""

UNKNOWN = Indicators()

OPENED = "OPENED"
UPDATED = "UPDATED"
CLOSED = "CLOSED"


def connected(time: int, client_id: str) -> m.Connected:
    """bot-core.md, 1. Connected."""
    now = epoch_ms(time)
    data = m.ConnectedData(client_id=f"client_{client_id}", server_time=now, version=VERSION)
    return m.Connected(data=data, timestamp=now)


def market_data(time: int, quote: Quote, day: DayStatistics, precision: Precision) -> m.MarketData:
    """bot-core.md, 2. MarketData: `price` is the last trade; change, high and low are one rolling day."""
    data = m.MarketDataBody(
        symbol=precision.instrument.symbol,
        price=precision.price(quote.last),
        change_24h=percent(day.change_percent, 4),
        volume_24h=money(day.notional_micros),
        high_24h=precision.price(day.high),
        low_24h=precision.price(day.low),
        bid=precision.price(quote.bid),
        ask=precision.price(quote.ask),
        last_update=epoch_ms(quote.time),
    )
    return m.MarketData(data=data, timestamp=epoch_ms(time))


def chart_update(event: BarClosed, indicators: Indicators, precision: Precision) -> m.ChartUpdate:
    """bot-core.md, 3. ChartUpdate."""
    bar = event.bar
    opened = epoch_ms(bar.time)
    candle = m.Candle(
        timestamp=opened,
        open=precision.price(bar.open),
        high=precision.price(bar.high),
        low=precision.price(bar.low),
        close=precision.price(bar.close),
        volume=precision.quantity(bar.lots),
        close_time=opened + TIMEFRAME_MS[event.resolution],
    )
    data = m.ChartData(
        symbol=precision.instrument.symbol,
        timeframe=event.resolution.value,
        candle=candle,
        indicators=_indicators(indicators, precision),
    )
    return m.ChartUpdate(data=data, timestamp=epoch_ms(event.time))


def _indicators(values: Indicators, precision: Precision) -> m.IndicatorValues:
    digits = precision.instrument.price_digits + 2

    def level(value: float | None) -> float | None:
        return None if value is None else round(value, digits) + 0.0

    return m.IndicatorValues(
        rsi=None if values.rsi is None else percent(values.rsi),
        macd=level(values.macd),
        macd_signal=level(values.macd_signal),
        bollinger_upper=level(values.bollinger_upper),
        bollinger_middle=level(values.bollinger_middle),
        bollinger_lower=level(values.bollinger_lower),
    )


def position_update(time: int, action: str, state: PositionState, precision: Precision) -> m.PositionUpdate:
    """bot-core.md, 4. PositionUpdate.

    A closed position is told as it was: its full size, its exit price and, as profit, its result before fees.
    """
    closed = action == CLOSED
    lots = state.initial_lots if closed else state.lots
    profit = state.realised_micros if closed else state.unrealised_micros
    cost = precision.instrument.notional_micros(1, lots) * state.entry_price
    position = m.Position(
        id=f"pos_{state.id}",
        symbol=precision.instrument.symbol,
        side="LONG" if state.side is Side.BUY else "SHORT",
        entry_price=precision.average(state.entry_price),
        current_price=precision.price(state.mark),
        quantity=precision.quantity(lots),
        leverage=state.leverage,
        unrealized_pnl=money(profit),
        unrealized_pnl_percent=percent(100.0 * profit / cost) if cost else 0.0,
        liquidation_price=precision.price_or_none(state.liquidation_price),
        margin=money(state.margin_micros),
        stop_loss=precision.price_or_none(state.stop_loss),
        take_profit=precision.price_or_none(state.take_profit),
        entry_time=epoch_ms(state.opened_at),
    )
    return m.PositionUpdate(data=m.PositionData(action=action, position=position), timestamp=epoch_ms(time))


def bot_status(time: int, bot: BotState) -> m.BotStatusUpdate:
    """bot-core.md, 7. BotStatusUpdate."""
    data = m.BotStatusData(
        status=bot.status.value,
        mode="LIVE_TRADING" if bot.live else "PAPER_TRADING",
        uptime_seconds=bot.uptime_seconds,
        total_positions=bot.total_positions,
        total_balance=money(bot.balance_micros),
        total_pnl=money(bot.pnl_micros),
        total_pnl_percent=percent(bot.pnl_percent, 4),
        enabled_strategies=bot.enabled_strategies,
        last_signal_time=None if bot.last_signal_time is None else epoch_ms(bot.last_signal_time),
        next_signal_time=None if bot.next_signal_time is None else epoch_ms(bot.next_signal_time),
    )
    return m.BotStatusUpdate(data=data, timestamp=epoch_ms(time))


def authenticated(time: int, user_id: str) -> m.Authenticated:
    """CLARIFICATIONS.md, bot_core."""
    return m.Authenticated(data=m.AuthenticatedData(success=True, user_id=user_id), timestamp=epoch_ms(time))
