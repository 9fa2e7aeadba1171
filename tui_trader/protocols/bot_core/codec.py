"""Bot core's frames. Symbols get the suffix of perpetuals; unknown order or position states are errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tui_trader.model.commands import ClosePosition, Command, ControlBot, RequestSignal
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import (
    BarUpdated,
    BotUpdated,
    Event,
    IndicatorsUpdated,
    PositionRemoved,
    PositionsReplaced,
    PositionUpdated,
    QuoteUpdated,
)
from tui_trader.model.matters import Matter
from tui_trader.model.values import Bar, Bot, Position, Side
from tui_trader.protocols.bot_core import messages
from tui_trader.protocols.bot_core.service import ServiceCodec, signal_request
from tui_trader.protocols.bot_core.signals import perpetual
from tui_trader.protocols.bot_core.tokens import token_for
from tui_trader.protocols.bot_core.trades import read_trade
from tui_trader.protocols.codec import Decoded, Frame, Outgoing
from tui_trader.protocols.json_reading import milliseconds, write
from tui_trader.protocols.sanitising import SHORT, clean
from tui_trader.protocols.typed_frames import Handler, TypedFrame, required

_TIMEFRAMES = frozenset({"1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w"})
_POSITION_SIDES = {"LONG": Side.BUY, "BUY": Side.BUY, "SHORT": Side.SELL, "SELL": Side.SELL}
_BOT_COMMANDS = frozenset({"START", "PAUSE", "STOP"})


class BotCoreCodec(ServiceCodec):
    """bot-core.md, Rust Core Engine."""

    protocol: ClassVar[str] = "bot_core"
    commands = frozenset({ControlBot, RequestSignal, ClosePosition})
    tells = frozenset(
        {
            Matter.BOT,
            Matter.CANDLES,
            Matter.DEALS,
            Matter.ORDERS,
            Matter.POSITIONS,
            Matter.QUOTES,
            Matter.SIGNALS,
        }
    )

    def handlers(self) -> Mapping[str, Handler]:
        """The nine messages of bot-core.md and the answers of the extensions."""
        return {
            **super().handlers(),
            "Connected": self._connected,
            "MarketData": self._market_data,
            "ChartUpdate": self._chart_update,
            "PositionUpdate": self._position_update,
            "TradeExecuted": self._trade_executed,
            "BotStatusUpdate": self._bot_status,
            "Authenticated": lambda frame, now_ms: Decoded(ready=True),
        }

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """Authenticate by first message where there is something to authenticate with."""
        token = token_for(self.endpoint.credentials, now_ms)
        return (Frame(write({"type": "Authenticate", "token": token})),) if token else ()

    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """Encode the extensions BotCommand, RequestSignal and ClosePosition; events answer them."""
        match command:
            case ControlBot():
                if command.command not in _BOT_COMMANDS:
                    raise CommandError("the bot knows START, PAUSE and STOP", field="command")
                return (Frame(write({"type": "BotCommand", "data": {"command": command.command}})),)
            case RequestSignal():
                return (Frame(signal_request(command)),)
            case ClosePosition():
                if command.quantity is not None:
                    raise CommandError("bot core closes a position only as a whole", field="quantity")
                data = {"position_id": command.position_id}
                return (Frame(write({"type": "ClosePosition", "data": data})),)
            case _:
                raise CommandError(f"bot core cannot carry {type(command).__name__}")

    def _connected(self, frame: TypedFrame, now_ms: int) -> Decoded:
        # Positions are told as they change: what was open before a gap is unknown until told again.
        return Decoded((PositionsReplaced(self.link, ()),), ready=True)

    def _market_data(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_market_data(frame.data)
        quote = QuoteUpdated(
            link=self.link,
            symbol=perpetual(body.symbol),
            bid=body.bid,
            ask=body.ask,
            last=body.price,
            change_percent=body.change_24h,
            volume=body.volume_24h,
            high=body.high_24h,
            low=body.low_24h,
            time_ms=milliseconds(body.last_update),
        )
        return Decoded((quote,), ready=True)

    def _chart_update(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_chart_update(frame.data)
        if body.timeframe not in _TIMEFRAMES:
            return Decoded((self.warning(f"chart of unknown timeframe {body.timeframe!r} left out"),))
        key, candle = perpetual(body.symbol), body.candle
        if milliseconds(candle.timestamp) is None:
            raise ProtocolError("candle with a time that no calendar has")
        bar = Bar(candle.timestamp, candle.open, candle.high, candle.low, candle.close, candle.volume)
        events: tuple[Event, ...] = (BarUpdated(self.link, key, body.timeframe, bar, closed=True),)
        values = tuple(
            (clean(name, SHORT), value)
            for name, value in (body.indicators or {}).items()
            if value is not None
        )
        if values:
            events += (IndicatorsUpdated(self.link, key, body.timeframe, candle.timestamp, values),)
        return Decoded(events, ready=True)

    def _position_update(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_position_update(frame.data)
        position = self._position(body.position)
        match body.action.upper():
            case "OPENED" | "UPDATED":
                return Decoded((PositionUpdated(position),), ready=True)
            case "CLOSED":
                return Decoded((PositionRemoved(self.link, position.id, position.symbol),), ready=True)
            case action:
                raise ProtocolError(f"PositionUpdate with action {clean(action, 20)!r}")

    def _position(self, body: messages.PositionBody) -> Position:
        side = _POSITION_SIDES.get(body.side.upper())
        if side is None:
            raise ProtocolError(f"position with side {clean(body.side, 20)!r}")
        return Position(
            link=self.link,
            id=required(body.id, "position id"),
            symbol=perpetual(body.symbol),
            side=side,
            quantity=body.quantity,
            entry_price=body.entry_price,
            mark_price=body.current_price,
            unrealised=body.unrealized_pnl,
            unrealised_percent=body.unrealized_pnl_percent,
            margin=body.margin,
            leverage=body.leverage,
            liquidation_price=body.liquidation_price,
            stop_loss=body.stop_loss,
            take_profit=body.take_profit,
            currency="USDT",
            opened_ms=milliseconds(body.entry_time),
        )

    def _trade_executed(self, frame: TypedFrame, now_ms: int) -> Decoded:
        return Decoded(read_trade(self.link, frame), ready=True)

    def _bot_status(self, frame: TypedFrame, now_ms: int) -> Decoded:
        body = messages.read_bot_status(frame.data)
        bot = Bot(
            link=self.link,
            status=clean(body.status, SHORT).upper(),
            mode=clean(body.mode, SHORT),
            uptime_seconds=int(body.uptime_seconds),
            positions=body.total_positions,
            balance=body.total_balance,
            pnl=body.total_pnl,
            pnl_percent=body.total_pnl_percent,
            strategies=tuple(clean(name, SHORT) for name in body.enabled_strategies[:32]),
            last_signal_ms=milliseconds(body.last_signal_time),
            next_signal_ms=milliseconds(body.next_signal_time),
        )
        return Decoded((BotUpdated(bot),), ready=True)
