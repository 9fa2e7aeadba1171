"""What the bot core tells its clients: a projection of engine events and of the futures account as it stands.

Account messages reach every client, market data goes by topics. It remembers when a position was last told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from embedded_server.kernel.time import SECOND
from embedded_server.model import events as e
from embedded_server.model.instruments import AssetClass
from embedded_server.protocols.audience import Audience, encode, send
from embedded_server.protocols.bot_core import projection, trades, troubles
from embedded_server.protocols.bot_platform import projection as platform
from embedded_server.protocols.bot_platform.messages import Message
from embedded_server.protocols.wire_numbers import Precisions

if TYPE_CHECKING:
    from embedded_server.engine.engine import Engine
    from embedded_server.protocols.facade import Client, Topics

ACCOUNT = "futures"
UPDATE_INTERVAL = SECOND
"""A position whose price moves is told at most so often (virtual ns)."""


class Announcements:
    """Joins clients to the futures account's life and to the perpetuals' market data."""

    def __init__(self, engine: Engine, topics: Topics) -> None:
        self._engine = engine
        self._topics = topics
        self._audience = Audience()
        self._precisions = Precisions(
            one for one in engine.market.instruments.values() if one.asset_class is AssetClass.PERPETUAL
        )
        self.keys = {one.instrument.symbol: key for key, one in self._precisions.items()}
        """The perpetual of each of the wire's symbols."""
        self._told: dict[int, int] = {}

    def join(self, client: Client) -> None:
        """Tell a client the present state, and everything from now on.

        Open positions are told as `OPENED`: a client that comes late adds them to its list. What happened but
        was not told yet is told before, to the others: it must not be told twice.
        """
        self._engine.publish()
        self._audience.join(client)
        now = self._engine.now
        send(client, projection.bot_status(now, self._engine.bot.state()))
        for position in self._engine.accounts[ACCOUNT].positions():
            precision = self._precisions[position.instrument]
            send(client, projection.position_update(now, projection.OPENED, position, precision))
        for key in self._precisions:
            self._topics.subscribe(client, f"market:{key}")
            self._topics.subscribe(client, f"chart:{key}")
            send(client, self._market_data(key))

    def leave(self, client: Client) -> None:
        """Forget a client."""
        self._audience.leave(client)

    def publish(self, events: Sequence[e.Event]) -> None:
        """Tell what happened, in order; then the prices that moved, once each."""
        if not self._audience:
            return
        moved: dict[str, None] = {}
        status_due = False
        for event in events:
            match event:
                case e.QuoteChanged():
                    if event.quote.instrument in self._precisions:
                        moved[event.quote.instrument] = None
                case e.BarClosed():
                    self._candle(event)
                case e.BotStatusChanged():
                    self._event(event)
                    status_due = False
                case _:
                    self._event(event)
                    status_due = status_due or _touches_bot(event)
        if status_due:
            self._audience.tell(projection.bot_status(self._engine.now, self._engine.bot.state()))
        for key in moved:
            self._topics.publish(f"market:{key}", encode(self._market_data(key)))
        if moved:
            self._revalue(moved)

    def _market_data(self, key: str) -> Message:
        market = self._engine.market
        return projection.market_data(
            self._engine.now, market.quote(key), market.day(key), self._precisions[key]
        )

    def _candle(self, event: e.BarClosed) -> None:
        """Tell a candle; its indicators are null when a later one has closed within the batch already."""
        key, resolution = event.instrument, event.resolution
        topic = f"chart:{key}"
        if (
            key not in self._precisions
            or resolution not in projection.TIMEFRAME_MS
            or not self._topics.has(topic)
        ):
            return
        window = self._engine.analysis.window(key, resolution)
        current = window is not None and window.time == event.bar.time
        indicators = self._engine.analysis.indicators(key, resolution) if current else projection.UNKNOWN
        message = projection.chart_update(event, indicators, self._precisions[key])
        self._topics.publish(topic, encode(message), key=f"{resolution.value}:{event.bar.time}")

    def _event(self, event: e.Event) -> None:
        match event:
            case e.OrderFilled() | e.OrderCanceled() | e.OrderExpired() | e.OrderRejected():
                if event.order.account == ACCOUNT:
                    self._order(event)
            case e.PositionOpened() | e.PositionChanged() | e.PositionClosed():
                if event.position.account == ACCOUNT:
                    self._position(event)
            case e.AiSignalGenerated() if event.signal.instrument in self._precisions:
                precision = self._precisions[event.signal.instrument]
                self._audience.tell(platform.ai_signal(event.signal, precision))
            case e.BotStatusChanged():
                self._audience.tell(projection.bot_status(event.time, event.bot))
                self._tell_trouble(troubles.bot_failed(event.time, event.bot))
            case _:
                self._trouble(event)

    def _order(self, event: e.OrderFilled | e.OrderCanceled | e.OrderExpired | e.OrderRejected) -> None:
        precision = self._precisions[event.order.instrument]
        match event:
            case e.OrderFilled():
                self._audience.tell(trades.filled(event, precision))
            case e.OrderRejected():
                self._audience.tell(trades.ended(event.time, trades.REJECTED, event.order, precision))
            case _:
                self._audience.tell(trades.ended(event.time, trades.CANCELED, event.order, precision))

    def _position(self, event: e.PositionOpened | e.PositionChanged | e.PositionClosed) -> None:
        position = event.position
        match event:
            case e.PositionOpened():
                action = projection.OPENED
            case e.PositionChanged():
                action = projection.UPDATED
            case e.PositionClosed():
                action = projection.CLOSED
        if action == projection.CLOSED:
            self._told.pop(position.id, None)
        else:
            self._told[position.id] = event.time
        precision = self._precisions[position.instrument]
        self._audience.tell(projection.position_update(event.time, action, position, precision))

    def _trouble(self, event: e.Event) -> None:
        match event:
            case e.BotTradeFailed() if event.instrument in self._precisions:
                self._tell_trouble(troubles.trade_failed(event, self._precisions[event.instrument]))
            case e.MarginCalled() if event.account == ACCOUNT:
                self._tell_trouble(troubles.margin_called(event))
            case e.SessionChanged() if event.instrument in self._precisions:
                self._tell_trouble(troubles.session_changed(event, self._precisions[event.instrument]))
            case e.KillSwitchChanged():
                self._tell_trouble(troubles.kill_switch(event.time, event.report))
            case _:
                pass

    def _tell_trouble(self, message: Message | None) -> None:
        if message is not None:
            self._audience.tell(message)

    def _revalue(self, moved: dict[str, None]) -> None:
        """Tell the positions whose price moved, each at most once in `UPDATE_INTERVAL`."""
        now = self._engine.now
        positions = self._engine.accounts[ACCOUNT].positions()
        if len(self._told) > len(positions):
            # Some closed while nobody was here to be told.
            self._told = {one.id: self._told[one.id] for one in positions if one.id in self._told}
        for position in positions:
            if position.instrument not in moved or now - self._told.get(position.id, 0) < UPDATE_INTERVAL:
                continue
            self._told[position.id] = now
            precision = self._precisions[position.instrument]
            self._audience.tell(projection.position_update(now, projection.UPDATED, position, precision))


def _touches_bot(event: e.Event) -> bool:
    """Whether the figures of `BotStatusUpdate` changed, though its status did not."""
    match event:
        case e.PositionOpened() | e.PositionClosed():
            return event.position.account == ACCOUNT
        case e.LedgerPosted():
            return event.entry.account == ACCOUNT
        case e.AiSignalGenerated():
            return True
        case _:
            return False
