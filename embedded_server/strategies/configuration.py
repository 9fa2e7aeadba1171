"""Which configs a strategy may be started with, judged field by field."""

from __future__ import annotations

import math
from collections.abc import Collection

from embedded_server.model.commands import Refused
from embedded_server.model.enums import RefusalCode
from embedded_server.model.states import StrategyConfig

MOST_ORDERS_PER_MINUTE = 600


def refusal_of(config: StrategyConfig, tradable: Collection[str]) -> Refused | None:
    """The first fault of `config`, or None; `tradable` are the keys the account may trade."""
    return _symbols_fault(config.symbols, tradable) or _bounds_fault(config)


def _symbols_fault(symbols: tuple[str, ...], tradable: Collection[str]) -> Refused | None:
    if not symbols:
        return _invalid("symbols", "A strategy needs at least one symbol")
    if len(set(symbols)) != len(symbols):
        return _invalid("symbols", "A symbol is listed twice")
    unknown = [one for one in symbols if one not in tradable]
    if unknown:
        return _invalid("symbols", f"The equities account does not trade {', '.join(unknown)[:80]}")
    return None


def _bounds_fault(config: StrategyConfig) -> Refused | None:
    if config.real_trading:
        return _invalid("real_trading", "Real trading is not possible: this is a simulator")
    if config.max_position_micros <= 0:
        return _invalid("max_position_micros", "The largest position value must be above zero")
    if not 1 <= config.max_orders_per_minute <= MOST_ORDERS_PER_MINUTE:
        return _invalid(
            "max_orders_per_minute", f"Orders per minute must be from 1 to {MOST_ORDERS_PER_MINUTE}"
        )
    if not (math.isfinite(config.stop_loss_fraction) and 0.0 < config.stop_loss_fraction < 1.0):
        return _invalid("stop_loss_fraction", "The stop loss must be a fraction between 0 and 1")
    return None


def _invalid(field: str, message: str) -> Refused:
    return Refused(RefusalCode.INVALID, message, field)
