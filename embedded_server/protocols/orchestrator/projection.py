"""From the engine's states and events to the orchestrator's messages: functions of their arguments only."""

from __future__ import annotations

from collections.abc import Iterable

from embedded_server.model.enums import OrderStatus
from embedded_server.model.events import OrderFilled
from embedded_server.model.states import PositionState, StrategySignal, StrategyState
from embedded_server.protocols.json_input import printable
from embedded_server.protocols.orchestrator import messages as m
from embedded_server.protocols.request_error import ErrorData
from embedded_server.protocols.wire_numbers import Precisions, money
from embedded_server.protocols.wire_time import iso_z


def status_list(
    time: int, strategies: Iterable[StrategyState], positions: Iterable[PositionState], precisions: Precisions
) -> m.StrategyStatusList:
    """Every strategy, with the positions that carry its id (orchestrator.md, Strategy Status List)."""
    held: dict[str, list[m.PositionRow]] = {}
    for position in positions:
        if position.strategy is not None:
            held.setdefault(position.strategy, []).append(_position(position, precisions))
    rows = tuple(
        m.StrategyRow(
            id=strategy.id,
            name=strategy.name,
            status=strategy.status.value,
            symbols=strategy.config.symbols,
            positions=tuple(held.get(strategy.id, ())),
        )
        for strategy in strategies
    )
    return m.StrategyStatusList(timestamp=iso_z(time), data=rows)


def _position(position: PositionState, precisions: Precisions) -> m.PositionRow:
    precision = precisions[position.instrument]
    lots = position.side.sign * position.lots
    return m.PositionRow(
        symbol=precision.instrument.symbol,
        quantity=precision.whole_quantity(lots),
        entry_price=precision.average(position.entry_price),
        current_value=precision.value(position.mark, lots),
    )


def configs(time: int, strategies: Iterable[StrategyState]) -> m.StrategyConfigs:
    """Every strategy's present config, named as in orchestrator.md, Start Strategy (an extension)."""
    rows = tuple(
        m.ConfigRow(
            strategy_id=strategy.id,
            config=m.PresentConfig(
                symbols=strategy.config.symbols,
                data_resolution=strategy.config.resolution.value,
                real_trading=strategy.config.real_trading,
                max_position_value=money(strategy.config.max_position_micros, digits=6),
                max_orders_per_minute=strategy.config.max_orders_per_minute,
                stop_loss_percentage=strategy.config.stop_loss_fraction,
            ),
        )
        for strategy in strategies
    )
    return m.StrategyConfigs(
        timestamp=iso_z(time), data=m.ConfigsData(stop_closes_positions=True, strategies=rows)
    )


def started(time: int, strategy: StrategyState) -> m.StrategyStarted:
    """orchestrator.md, Strategy Started."""
    data = m.StartedData(strategy_id=strategy.id, name=strategy.name, symbols=strategy.config.symbols)
    return m.StrategyStarted(timestamp=iso_z(time), data=data)


def stopped(time: int, strategy: StrategyState) -> m.StrategyStopped:
    """orchestrator.md, Strategy Stopped."""
    return m.StrategyStopped(timestamp=iso_z(time), data=_reference(strategy))


def paused(time: int, strategy: StrategyState) -> m.StrategyPaused:
    """orchestrator.md, Strategy Paused."""
    return m.StrategyPaused(timestamp=iso_z(time), data=_reference(strategy))


def _reference(strategy: StrategyState) -> m.StrategyReference:
    return m.StrategyReference(strategy_id=strategy.id, name=strategy.name)


def signal(time: int, decided: StrategySignal, precisions: Precisions) -> m.StrategySignal:
    """orchestrator.md, Strategy Signal."""
    precision = precisions[decided.instrument]
    data = m.SignalData(
        id=decided.id,
        strategy_id=decided.strategy_id,
        name=decided.name,
        symbol=precision.instrument.symbol,
        price=precision.price(decided.price),
        action=decided.side.value.upper(),
        quantity=precision.whole_quantity(decided.lots),
        metadata=m.SignalMetadata(order_type=decided.order_kind.value.upper()),
        timestamp=iso_z(decided.time),
        confidence=round(decided.confidence, 4),
    )
    return m.StrategySignal(timestamp=iso_z(time), data=data)


def trade(event: OrderFilled, precisions: Precisions) -> m.StrategyTrade:
    """orchestrator.md, Strategy Trade: one fill; `status` tells whether the order is complete with it."""
    deal, order = event.deal, event.order
    precision = precisions[deal.instrument]
    done = order.status is OrderStatus.FILLED
    data = m.TradeData(
        id=f"trade_{deal.id}",
        strategy_id=order.strategy or "",
        order_id=f"order-{order.id}",
        symbol=precision.instrument.symbol,
        side=deal.side.value.upper(),
        quantity=precision.whole_quantity(deal.lots),
        entry_price=precision.price(deal.price),
        entry_time=iso_z(deal.time),
        status="FILLED" if done else "PARTIALLY_FILLED",
        timestamp=iso_z(event.time),
    )
    return m.StrategyTrade(timestamp=iso_z(event.time), data=data)


def service_status(time: int, running: bool) -> m.ExecutionServiceStatus:
    """orchestrator.md, Execution Service Status."""
    return m.ExecutionServiceStatus(
        timestamp=iso_z(time), data=m.ServiceStatus(status="RUNNING" if running else "STOPPED")
    )


def error(time: int, code: str, message: str, request: str | None) -> m.Error:
    """The error message (CLARIFICATIONS.md, orchestrator; an extension)."""
    return m.Error(
        timestamp=iso_z(time), data=ErrorData(code=code, message=printable(message), request=request)
    )
