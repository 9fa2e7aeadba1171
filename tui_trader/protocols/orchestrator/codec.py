"""Strategies, and what they hold, say and trade. An unknown fill state is an error: nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from tui_trader.model.commands import (
    Command,
    ListStrategies,
    PauseStrategy,
    RefreshAccount,
    StartStrategy,
    StopStrategy,
)
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import (
    DealDone,
    Event,
    ExecutionServiceChanged,
    PositionsReplaced,
    SignalReceived,
    StrategiesListed,
    StrategyConfigsListed,
    StrategyStatusChanged,
)
from tui_trader.model.matters import Matter
from tui_trader.model.values import (
    Deal,
    Position,
    Severity,
    Side,
    Signal,
    Strategy,
    StrategyConfig,
    StrategyPosition,
)
from tui_trader.protocols.codec import Decoded, Endpoint, Frame, Heartbeat, Outgoing
from tui_trader.protocols.json_reading import milliseconds, write
from tui_trader.protocols.orchestrator import messages
from tui_trader.protocols.sanitising import SHORT, clean, clean_optional, symbol
from tui_trader.protocols.typed_frames import Handler, TypedCodec, TypedFrame, required

_CONFIGS_REQUEST = "get_strategy_configs"
_CONFIGS = Frame(write({"type": _CONFIGS_REQUEST}))
_LIST = Frame(write({"type": "get_active_strategies"}))
_DIRECTIONS = {"BUY": "long", "LONG": "long", "SELL": "short", "SHORT": "short", "HOLD": "neutral"}
_SIDES = {"BUY": Side.BUY, "SELL": Side.SELL}
_LIST_INTERVAL_MS = 2_000
_MOST_ODD = 50


class OrchestratorCodec(TypedCodec):
    """orchestrator.md."""

    protocol: ClassVar[str] = "orchestrator"
    commands = frozenset({ListStrategies, StartStrategy, PauseStrategy, StopStrategy, RefreshAccount})
    tells = frozenset({Matter.STRATEGIES, Matter.SIGNALS, Matter.POSITIONS, Matter.DEALS})

    _list_asked_ms = 0

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self._odd: dict[str, bool] = {}
        """Names that are no symbols, and whether the user was told."""

    def handlers(self) -> Mapping[str, Handler]:
        """Messages of orchestrator.md, Server to Client Messages."""
        return {
            "strategy_status_list": self._listed,
            "strategy_configs": self._configured,
            "strategy_started": partial(self._changed, "ACTIVE"),
            "strategy_paused": partial(self._changed, "PAUSED"),
            "strategy_stopped": partial(self._changed, "STOPPED"),
            "strategy_signal": self._signal,
            "strategy_trade": self._trade,
            "execution_service_status": self._service,
            "error": self._error,
        }

    @property
    def heartbeat(self) -> Heartbeat:
        """Ask for the list: it measures the way there and back, and brings values that no event carries."""
        return Heartbeat(interval=10.0, timeout=None, frame=lambda now_ms: str(_LIST.data))

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Ask for the strategies, and for what bounds them: a backend without that extension stays silent."""
        self._list_asked_ms = now_ms
        return (_LIST, _CONFIGS)

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode orchestrator.md, Client to Server Messages."""
        match command:
            case ListStrategies() | RefreshAccount():
                return (_LIST,)
            case StartStrategy():
                return (Frame(write(_start(command))),)
            case PauseStrategy(strategy_id=id):
                return (Frame(write({"type": "pause_strategy", "id": id})),)
            case StopStrategy(strategy_id=id, close_positions=closes):
                extension = {"closePositions": True} if closes else {}
                return (Frame(write({"type": "stop_strategy", "id": id, **extension})),)
            case _:
                raise CommandError(f"the orchestrator cannot carry {type(command).__name__}")

    def _listed(self, frame: TypedFrame, now_ms: int) -> Decoded:
        strategies = tuple(self._strategy(body) for body in messages.read_strategies(frame.data))
        positions = tuple(
            Position(
                link=self.link,
                id=f"{strategy.id}:{held.symbol}",
                symbol=held.symbol,
                side=Side.BUY if held.quantity >= 0 else Side.SELL,
                quantity=abs(held.quantity),
                entry_price=held.entry_price,
                mark_price=None if held.value is None else held.value / held.quantity,
                unrealised=None if held.value is None else held.value - held.quantity * held.entry_price,
                strategy=strategy.id,
                currency="USD",
            )
            for strategy in strategies
            for held in strategy.positions
            if held.quantity
        )
        return Decoded(
            (
                StrategiesListed(self.link, strategies),
                PositionsReplaced(self.link, positions),
                *self._odd_symbols(),
            ),
            ready=True,
            heartbeat_answered=True,
        )

    def _symbols(self, names: Sequence[str]) -> tuple[str, ...]:
        """What a strategy trades, as far as it can be named; one odd name must not hide a machine."""
        kept = []
        for name in names:
            try:
                kept.append(symbol(name))
            except ProtocolError:
                if len(self._odd) < _MOST_ODD:
                    self._odd.setdefault(clean(name, SHORT), False)
        return tuple(kept)

    def _odd_symbols(self) -> tuple[Event, ...]:
        """Warn of names that cannot be shown, of each once."""
        fresh = [name for name, told in self._odd.items() if not told]
        self._odd.update(dict.fromkeys(fresh, True))
        text = f"strategies trade what cannot be shown here: {', '.join(map(repr, fresh))}"
        return (self.warning(text),) if fresh else ()

    def _strategy(self, body: messages.StrategyBody) -> Strategy:
        return Strategy(
            link=self.link,
            id=required(body.id, "strategy id"),
            name=clean(body.name, SHORT) or clean(body.id, SHORT),
            status=clean(body.status, SHORT).upper(),
            symbols=self._symbols(body.symbols),
            positions=tuple(
                StrategyPosition(
                    symbol=symbol(held.symbol),
                    quantity=held.quantity,
                    entry_price=held.entry_price,
                    value=held.current_value,
                )
                for held in body.positions
            ),
        )

    def _configured(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_configs(frame.data)
        configs = tuple(
            StrategyConfig(
                strategy_id=required(row.strategy_id, "strategy id"),
                symbols=None if row.config.symbols is None else self._symbols(row.config.symbols),
                resolution=clean_optional(row.config.data_resolution, 8) or None,
                real_trading=row.config.real_trading,
                max_position_value=row.config.max_position_value,
                max_orders_per_minute=row.config.max_orders_per_minute,
                stop_loss=row.config.stop_loss_percentage,
            )
            for row in body.strategies
        )
        return Decoded((StrategyConfigsListed(self.link, configs, body.stop_closes_positions),), ready=True)

    def _changed(self, status: str, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_change(frame.data)
        event = StrategyStatusChanged(
            self.link,
            required(body.strategy_id, "strategy id"),
            clean(body.name, SHORT),
            status,
            None if body.symbols is None else self._symbols(body.symbols),
        )
        asks = (_CONFIGS,) if status == "ACTIVE" else ()
        return Decoded((event,), asks, ready=True)

    def _signal(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_signal(frame.data)
        events: list[Event] = []
        direction = _DIRECTIONS.get(body.action.upper())
        if direction is None:
            events.append(self.warning(f"signal with unknown action {body.action!r} shown as neutral"))
        signal = Signal(
            link=self.link,
            id=required(body.id, "signal id"),
            source="strategy",
            symbol=symbol(body.symbol),
            direction=direction or "neutral",
            confidence=body.confidence,
            price=body.price,
            quantity=body.quantity,
            strategy_id=clean(body.strategy_id, SHORT),
            model=clean(body.name, SHORT),
            time_ms=milliseconds(body.timestamp or frame.timestamp),
        )
        return Decoded((SignalReceived(signal), *events), ready=True)

    def _trade(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_trade(frame.data)
        side = _SIDES.get(body.side.upper())
        if side is None or body.status.upper() not in {"FILLED", "PARTIALLY_FILLED"}:
            words = f"side {clean(body.side, 20)!r} and status {clean(body.status, 20)!r}"
            raise ProtocolError(f"strategy_trade with {words}")
        deal = Deal(
            link=self.link,
            id=required(body.id, "trade id"),
            order_id=clean(body.order_id, SHORT),
            symbol=symbol(body.symbol),
            side=side,
            quantity=body.quantity,
            price=body.entry_price,
            strategy=clean(body.strategy_id, SHORT),
            time_ms=milliseconds(body.entry_time or frame.timestamp),
        )
        return Decoded((DealDone(deal),), self._ask_again(now_ms), ready=True)

    def _ask_again(self, now_ms: int) -> Sequence[Outgoing]:
        """Positions come only with the list, so a trade asks for it; well below 100 messages a minute."""
        if 0 <= now_ms - self._list_asked_ms < _LIST_INTERVAL_MS:
            return ()
        self._list_asked_ms = now_ms
        return (_LIST,)

    def _service(self, frame: TypedFrame, now_ms: int) -> Decoded:
        status = clean(messages.read_service_status(frame.data).status, SHORT)
        return Decoded((ExecutionServiceChanged(self.link, status),), ready=True)

    def _error(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_error(frame.data)
        if body.request == _CONFIGS_REQUEST:
            return Decoded(
                (self.notice(Severity.INFO, "this orchestrator does not tell configs"),), ready=True
            )
        return Decoded((self.notice(Severity.ERROR, body.message, body.code),), ready=True)


def _start(command: StartStrategy) -> dict[str, object]:
    given: dict[str, object] = {
        "symbols": command.symbols,
        "dataResolution": command.resolution,
        "realTrading": command.real_trading,
        "maxPositionValue": command.max_position_value,
        "maxOrdersPerMinute": command.max_orders_per_minute,
        "stopLossPercentage": command.stop_loss_percentage,
    }
    config = {name: value for name, value in given.items() if value is not None}
    return {"type": "start_strategy", "id": command.strategy_id, "config": config}
