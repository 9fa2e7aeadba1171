"""How a window becomes an AI signal: action, confidence, risk, levels, and a sentence of the very numbers."""

from __future__ import annotations

from decimal import Decimal

from embedded_server.analysis.analysis import indicators_of
from embedded_server.analysis.votes import WEIGHTS, Opinion, opinion_of
from embedded_server.analysis.window import WARM_UP, Window
from embedded_server.model.enums import Action, Resolution
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import AiSignal, Indicators

MODEL = "indicator-ensemble-1"
"""An honest name: no language model is asked (bot-core.md, 6. AISignalReceived shows `GPT-4`)."""

ACTION_THRESHOLD = 0.20
"""Mean vote from which the ensemble takes a side."""
TREND_THRESHOLD = 0.15
LOW_VOLATILITY, HIGH_VOLATILITY = 0.8, 1.35
"""ATR against its usual size."""
STOP_RANGES, TARGET_RANGES = 2, 3
"""Distance of the suggested stop and target, in average true ranges."""
POSITION_SIZES = {"Low": 0.06, "Medium": 0.05, "High": 0.02}
"""Recommended margin as a fraction of the balance, by overall risk."""


def compose(
    window: Window, instrument: Instrument, *, timeframe: Resolution, identity: str, time: int, price: int
) -> AiSignal:
    """Judge `window` with the market at `price` ticks; while it warms up, neutral with confidence 0."""
    if not window.warm:
        return _undecided(window, instrument, timeframe=timeframe, identity=identity, time=time, price=price)
    values = indicators_of(window, instrument)
    opinion = opinion_of(window)
    action = action_of(opinion)
    confidence = confidence_of(opinion, action)
    volatility = volatility_level(opinion.volatility)
    risk = overall_risk(volatility, opinion.dissent, confidence)
    stop, target = levels(action, price, _ticks(values.atr, instrument))
    return AiSignal(
        id=identity,
        instrument=instrument.key,
        action=action,
        confidence=confidence,
        model=MODEL,
        timeframe=timeframe,
        reasoning=_reasoning(instrument, values, window, opinion, volatility),
        strategy_scores=_scores(opinion, action),
        trend_direction=trend_direction(opinion.trend),
        trend_strength=round(abs(opinion.trend), 2),
        volatility_level=volatility,
        overall_risk=risk,
        position_size=POSITION_SIZES[risk],
        stop_loss=stop,
        take_profit=target,
        time=time,
    )


def action_of(opinion: Opinion) -> Action:
    """The side the weighted votes are on, if they are on one."""
    if opinion.mean >= ACTION_THRESHOLD:
        return Action.LONG
    return Action.SHORT if opinion.mean <= -ACTION_THRESHOLD else Action.NEUTRAL


def confidence_of(opinion: Opinion, action: Action) -> float:
    """Up to 0.9 as the votes are strong and agree; for neutral, 0.5 when they cancel out exactly."""
    strength = abs(opinion.mean)
    if action is Action.NEUTRAL:
        return round(0.5 * (1.0 - strength / ACTION_THRESHOLD), 2)
    return round(min(1.0, 0.5 + 0.4 * strength - 0.2 * opinion.dissent), 2)


def volatility_level(ratio: float) -> str:
    """Low, Medium or High, from ATR over its median."""
    if ratio < LOW_VOLATILITY:
        return "Low"
    return "High" if ratio > HIGH_VOLATILITY else "Medium"


def trend_direction(trend: float) -> str:
    """Bullish, Bearish or Neutral."""
    if abs(trend) < TREND_THRESHOLD:
        return "Neutral"
    return "Bullish" if trend > 0 else "Bearish"


def overall_risk(volatility: str, dissent: float, confidence: float) -> str:
    """High in a wild market or a split ensemble, Low only when it is calm and agreed."""
    if volatility == "High" or dissent > 0.6:
        return "High"
    return "Low" if volatility == "Low" and confidence > 0.7 else "Medium"


def levels(action: Action, price: int, span: int) -> tuple[int, int]:
    """Stop and target in ticks around `price`; for neutral the range to expect, low end first."""
    if action is Action.NEUTRAL:
        return max(1, price - STOP_RANGES * span), price + STOP_RANGES * span
    sign = 1 if action is Action.LONG else -1
    return max(1, price - sign * STOP_RANGES * span), max(1, price + sign * TARGET_RANGES * span)


def _scores(opinion: Opinion, action: Action) -> dict[str, float]:
    """How far each strategy agrees with the action: 0 against, 0.5 no opinion, 1 wholly for it."""
    if action is Action.NEUTRAL:
        return {name: round(1.0 - abs(vote), 2) for name, vote in opinion.votes.items()}
    sign = 1.0 if action is Action.LONG else -1.0
    return {name: round(0.5 + 0.5 * sign * vote, 2) for name, vote in opinion.votes.items()}


def _reasoning(
    instrument: Instrument, values: Indicators, window: Window, opinion: Opinion, volatility: str
) -> str:
    digits = instrument.price_digits
    close = window.close * float(instrument.tick_size)

    def price(value: float | None, extra: int = 0) -> str:
        return f"{value or 0.0:.{digits + extra}f}"

    side = "above" if (values.macd or 0.0) >= (values.macd_signal or 0.0) else "below"
    trend = trend_direction(opinion.trend)
    return (
        f"{trend} trend ({abs(opinion.trend):.2f}): RSI {values.rsi or 0.0:.1f}, "
        f"MACD {price(values.macd, 1)} {side} its signal {price(values.macd_signal, 1)}, "
        f"close {price(close)} in Bollinger bands {price(values.bollinger_lower)} to "
        f"{price(values.bollinger_upper)}, SMA {price(values.sma_fast)} over {price(values.sma_slow)}, "
        f"volume {values.volume_ratio or 0.0:.2f} times its average, {volatility.lower()} volatility "
        f"with ATR {price(values.atr, 1)}"
    )


def _undecided(
    window: Window, instrument: Instrument, *, timeframe: Resolution, identity: str, time: int, price: int
) -> AiSignal:
    return AiSignal(
        id=identity,
        instrument=instrument.key,
        action=Action.NEUTRAL,
        confidence=0.0,
        model=MODEL,
        timeframe=timeframe,
        reasoning=f"Warming up: {len(window)} of {WARM_UP} bars of {timeframe.value} are known",
        strategy_scores=dict.fromkeys(WEIGHTS, 0.5),
        trend_direction="Neutral",
        trend_strength=0.0,
        volatility_level="Medium",
        overall_risk="High",
        position_size=0.0,
        stop_loss=price,
        take_profit=price,
        time=time,
    )


def _ticks(value: float | None, instrument: Instrument) -> int:
    return max(1, instrument.nearest_ticks(Decimal(str(value or 0.0))))
