"""A strategy's `config` from the wire, checked field by field, as the engine's own `StrategyConfig`."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from msgspec.structs import replace

from embedded_server.model.enums import Resolution
from embedded_server.model.states import StrategyConfig
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.orchestrator.messages import StartConfig
from embedded_server.protocols.wire_numbers import micros
from embedded_server.strategies.configuration import MOST_ORDERS_PER_MINUTE

RESOLUTIONS = {resolution.value: resolution for resolution in Resolution}
MAX_POSITION_VALUE = 1_000_000_000


def strategy_config(wire: StartConfig, present: StrategyConfig, tradable: Collection[str]) -> StrategyConfig:
    """Lay what the client gave over the strategy's present config; raises `InputError` naming the field.

    Decimals of `maxPositionValue` become micro-units; `stopLossPercentage` is a fraction, 0.02 is 2 %.
    """
    if wire.real_trading:
        raise InputError(
            "realTrading: this is a simulator, real trading is not available", "config.realTrading"
        )
    return replace(
        present,
        symbols=present.symbols if wire.symbols is None else _symbols(wire.symbols, tradable),
        resolution=present.resolution if wire.data_resolution is None else _resolution(wire.data_resolution),
        real_trading=False,
        max_position_micros=(
            present.max_position_micros
            if wire.max_position_value is None
            else _position_value(wire.max_position_value)
        ),
        max_orders_per_minute=(
            present.max_orders_per_minute
            if wire.max_orders_per_minute is None
            else _orders_per_minute(wire.max_orders_per_minute)
        ),
        stop_loss_fraction=(
            present.stop_loss_fraction
            if wire.stop_loss_percentage is None
            else _stop_loss(wire.stop_loss_percentage)
        ),
    )


def _symbols(symbols: list[str], tradable: Collection[str]) -> tuple[str, ...]:
    if not symbols:
        raise InputError("symbols: at least one symbol is needed", "config.symbols")
    for symbol in symbols:
        if symbol not in tradable:
            raise InputError(f"symbols: there is no equity {symbol!r}", "config.symbols")
    if len(set(symbols)) != len(symbols):
        raise InputError("symbols: a symbol is named twice", "config.symbols")
    return tuple(symbols)


def _resolution(name: str) -> Resolution:
    if name not in RESOLUTIONS:
        raise InputError(
            f"dataResolution: {name!r} is none of {', '.join(RESOLUTIONS)}", "config.dataResolution"
        )
    return RESOLUTIONS[name]


def _position_value(value: float) -> int:
    if not 0 < value <= MAX_POSITION_VALUE:
        raise InputError(
            f"maxPositionValue: must be above 0 and at most {MAX_POSITION_VALUE}", "config.maxPositionValue"
        )
    amount = micros(Decimal(str(value)))
    if amount == 0:
        raise InputError("maxPositionValue: is less than a millionth", "config.maxPositionValue")
    return amount


def _orders_per_minute(count: int) -> int:
    if not 1 <= count <= MOST_ORDERS_PER_MINUTE:
        raise InputError(
            f"maxOrdersPerMinute: must be from 1 to {MOST_ORDERS_PER_MINUTE}", "config.maxOrdersPerMinute"
        )
    return count


def _stop_loss(fraction: float) -> float:
    if not 0 < fraction < 1:
        raise InputError(
            "stopLossPercentage: must be a fraction above 0 and below 1 (0.02 is 2 %)",
            "config.stopLossPercentage",
        )
    return fraction
