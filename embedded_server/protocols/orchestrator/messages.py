"""Every message of orchestrator.md, fields in the document's order; `extension` marks what is ours."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from embedded_server.protocols.request_error import ErrorData


class Message(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Root of the endpoint's messages; the tag is the wire's `type`."""

    extension: ClassVar[bool] = False


class StartConfig(Struct, frozen=True, kw_only=True, rename="camel"):
    """Bounds of a strategy; a field left out keeps the strategy's present value."""

    symbols: list[str] | None = None
    data_resolution: str | None = None
    real_trading: bool = False
    max_position_value: float | None = None
    max_orders_per_minute: int | None = None
    stop_loss_percentage: float | None = None


class GetActiveStrategies(Message, frozen=True, tag="get_active_strategies"):
    """Ask for every strategy."""


class StartStrategy(Message, frozen=True, tag="start_strategy"):
    """Start a strategy, or resume a paused one."""

    id: str
    config: StartConfig | None = None


class StopStrategy(Message, frozen=True, tag="stop_strategy", rename="camel"):
    """Stop a strategy; `closePositions` (an extension) sells what it holds, else that stays open."""

    id: str
    close_positions: bool = False


class PauseStrategy(Message, frozen=True, tag="pause_strategy"):
    """Pause a strategy."""

    id: str


class GetStrategyConfigs(Message, frozen=True, tag="get_strategy_configs"):
    """Ask what bounds every strategy now."""

    extension: ClassVar[bool] = True


ClientMessage = GetActiveStrategies | StartStrategy | StopStrategy | PauseStrategy | GetStrategyConfigs
CLIENT_MESSAGES = (GetActiveStrategies, StartStrategy, StopStrategy, PauseStrategy, GetStrategyConfigs)


class PositionRow(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a strategy holds in one symbol; a short quantity is negative."""

    symbol: str
    quantity: int | float
    entry_price: float
    current_value: float


class StrategyRow(Struct, frozen=True, kw_only=True, rename="camel"):
    """One strategy of the list."""

    id: str
    name: str
    status: str
    symbols: tuple[str, ...]
    positions: tuple[PositionRow, ...]


class StrategyStatusList(Message, frozen=True, tag="strategy_status_list"):
    """All strategies and what they hold."""

    timestamp: str
    data: tuple[StrategyRow, ...]


class PresentConfig(Struct, frozen=True, kw_only=True, rename="camel"):
    """What bounds a strategy, under the names that `start_strategy` has for it."""

    symbols: tuple[str, ...]
    data_resolution: str
    real_trading: bool
    max_position_value: int | float
    max_orders_per_minute: int
    stop_loss_percentage: float


class ConfigRow(Struct, frozen=True, kw_only=True, rename="camel"):
    """One strategy's present config."""

    strategy_id: str
    config: PresentConfig


class ConfigsData(Struct, frozen=True, kw_only=True, rename="camel"):
    """Every config, and whether `stop_strategy` takes `closePositions` here."""

    stop_closes_positions: bool
    strategies: tuple[ConfigRow, ...]


class StrategyConfigs(Message, frozen=True, tag="strategy_configs"):
    """What bounds every strategy now."""

    extension: ClassVar[bool] = True
    timestamp: str
    data: ConfigsData


class StartedData(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which strategy started, on which symbols."""

    strategy_id: str
    name: str
    symbols: tuple[str, ...]


class StrategyStarted(Message, frozen=True, tag="strategy_started"):
    """A strategy was started or resumed."""

    timestamp: str
    data: StartedData


class StrategyReference(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which strategy."""

    strategy_id: str
    name: str


class StrategyStopped(Message, frozen=True, tag="strategy_stopped"):
    """A strategy was stopped."""

    timestamp: str
    data: StrategyReference


class StrategyPaused(Message, frozen=True, tag="strategy_paused"):
    """A strategy was paused."""

    timestamp: str
    data: StrategyReference


class SignalMetadata(Struct, frozen=True, kw_only=True, rename="camel"):
    """How the signal is to be carried out."""

    order_type: str


class SignalData(Struct, frozen=True, kw_only=True, rename="camel"):
    """A strategy's decision to trade."""

    id: str
    strategy_id: str
    name: str
    symbol: str
    price: float
    action: str
    quantity: int | float
    metadata: SignalMetadata
    timestamp: str
    confidence: float


class StrategySignal(Message, frozen=True, tag="strategy_signal"):
    """A strategy decided to trade."""

    timestamp: str
    data: SignalData


class TradeData(Struct, frozen=True, kw_only=True, rename="camel"):
    """One execution; `quantity` is what this one filled."""

    id: str
    strategy_id: str
    order_id: str
    symbol: str
    side: str
    quantity: int | float
    entry_price: float
    entry_time: str
    status: str
    timestamp: str


class StrategyTrade(Message, frozen=True, tag="strategy_trade"):
    """A strategy's order was filled, wholly or in part."""

    timestamp: str
    data: TradeData


class ServiceStatus(Struct, frozen=True, kw_only=True):
    """`RUNNING` or `STOPPED`."""

    status: str


class ExecutionServiceStatus(Message, frozen=True, tag="execution_service_status"):
    """Whether strategies' orders are carried out."""

    timestamp: str
    data: ServiceStatus


class Error(Message, frozen=True, tag="error"):
    """A message that could not be processed, or a strategy that failed."""

    extension: ClassVar[bool] = True
    timestamp: str
    data: ErrorData


SERVER_MESSAGES = (
    StrategyStatusList,
    StrategyStarted,
    StrategyStopped,
    StrategyPaused,
    StrategySignal,
    StrategyTrade,
    ExecutionServiceStatus,
    StrategyConfigs,
    Error,
)
