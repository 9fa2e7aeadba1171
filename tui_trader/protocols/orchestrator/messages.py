"""The orchestrator's messages as read. Only what the console cannot do without is required."""

from __future__ import annotations

from msgspec import Struct, field

from tui_trader.protocols.json_reading import Figure, reader


class StrategyPositionBody(Struct):
    """One holding of `strategy_status_list`."""

    symbol: str
    quantity: Figure
    entry_price: Figure = field(name="entryPrice")
    current_value: Figure | None = field(name="currentValue", default=None)


class StrategyBody(Struct):
    """One row of `strategy_status_list`."""

    id: str
    status: str
    name: str = ""
    symbols: list[str] = []
    positions: list[StrategyPositionBody] = []


class ConfigBody(Struct, rename="camel"):
    """A `config`, as `start_strategy` names its fields."""

    symbols: list[str] | None = None
    data_resolution: str | None = None
    real_trading: bool | None = None
    max_position_value: Figure | None = None
    max_orders_per_minute: int | None = None
    stop_loss_percentage: Figure | None = None


class ConfigRowBody(Struct, rename="camel"):
    """One row of `strategy_configs`."""

    strategy_id: str
    config: ConfigBody


class ConfigsBody(Struct, rename="camel"):
    """`strategy_configs` (*extension*)."""

    strategies: list[ConfigRowBody]
    stop_closes_positions: bool = False


class StrategyChangeBody(Struct):
    """`strategy_started`, `strategy_paused`, `strategy_stopped`."""

    strategy_id: str = field(name="strategyId")
    name: str = ""
    symbols: list[str] | None = None


class StrategySignalBody(Struct):
    """`strategy_signal`."""

    id: str
    strategy_id: str = field(name="strategyId")
    symbol: str
    action: str
    name: str = ""
    price: Figure | None = None
    quantity: Figure | None = None
    timestamp: int | float | str | None = None
    confidence: Figure = 0.0


class StrategyTradeBody(Struct):
    """`strategy_trade`."""

    id: str
    strategy_id: str = field(name="strategyId")
    symbol: str
    side: str
    quantity: Figure
    entry_price: Figure = field(name="entryPrice")
    status: str
    order_id: str = field(name="orderId", default="")
    entry_time: int | float | str | None = field(name="entryTime", default=None)


class ServiceStatusBody(Struct):
    """`execution_service_status`."""

    status: str


class ErrorBody(Struct):
    """`error` (*extension*)."""

    message: str
    code: str = ""
    request: str | None = None


read_strategies = reader(list[StrategyBody])
read_configs = reader(ConfigsBody)
read_change = reader(StrategyChangeBody)
read_signal = reader(StrategySignalBody)
read_trade = reader(StrategyTradeBody)
read_service_status = reader(ServiceStatusBody)
read_error = reader(ErrorBody)
