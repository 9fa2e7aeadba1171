"""Our measured server: the real one with four façades, sending what a tick of the market makes them send.

A load is made once by the façades themselves from events of the real engine, for the clients that subscribed.
`busy` and `one` then deliver it tick after tick: topics, outboxes, sessions, one flush. `busy, projected` and
`one, projected` have the façades make it anew in every tick.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "anchors"))

from pacing import Plan, obey

from embedded_server.model import events as e
from embedded_server.model.commands import Accepted, PlaceOrder
from embedded_server.model.enums import OrderKind, Resolution, Side
from embedded_server.protocols.bars.facade import BarsFacade
from embedded_server.protocols.bot_core.facade import BotCoreFacade
from embedded_server.protocols.channels.facade import ChannelsFacade
from embedded_server.protocols.onetrade.facade import OneTradeFacade
from embedded_server.server import Server
from embedded_server.settings import ServerSettings

FACADES = (BotCoreFacade, ChannelsFacade, BarsFacade, OneTradeFacade)
POSITIONS = ("GBPUSD", "USDJPY", "USDCHF", "AUDUSD")
"""Open forex positions, whose profit is sent as their prices move."""
PROJECTED = ", projected"
Message = tuple[str, bytes, bool, str | None]


class Market:
    """The loads, and how a tick of each is sent."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._endpoints = [server.endpoint(facade.name) for facade in FACADES]
        self._events: dict[str, Sequence[e.Event]] = {}
        self._messages: dict[str, list[tuple[Callable[..., None], list[Message]]]] = {}

    def open_positions(self) -> None:
        """So that OneTrade has profits to tell."""
        for key in POSITIONS:
            outcome = self.server.engine.submit(
                PlaceOrder(account="forex", instrument=key, side=Side.BUY, kind=OrderKind.MARKET, lots=10)
            )
            assert isinstance(outcome, Accepted), outcome

    def busy(self) -> Sequence[e.Event]:
        """Everything moved: a quote, a book and a trade of each instrument, a minute of each perpetual."""
        engine, events = self.server.engine, []
        for key in engine.market.instruments:
            events += [self._quote(key), e.DepthChanged(time=engine.now, instrument=key), self._trade(key)]
            if key.endswith("-PERP"):
                bar = engine.market.bars(key, Resolution.M1, count=2)[0]
                events.append(e.BarClosed(time=engine.now, instrument=key, resolution=Resolution.M1, bar=bar))
        return events

    def one(self) -> Sequence[e.Event]:
        """One message for the clients of each façade."""
        return [
            self._quote("BTCUSDT-PERP"),
            self._quote("BTCUSDT"),
            self._trade("AAPL"),
            self._quote("EURUSD"),
        ]

    def plan(self, load: str, _: Plan) -> Plan:
        """Make a load as it will be sent; sizes of its messages by façade."""
        name = load.removesuffix(PROJECTED)
        self._events[name] = self.busy() if name == "busy" else self.one()
        self._messages[name] = []
        for endpoint in self._endpoints:
            recorded: list[Message] = []

            def record(
                topic: str,
                payload: bytes,
                *,
                binary: bool = False,
                key: str | None = None,
                into: list[Message] = recorded,
            ) -> None:
                into.append((topic, payload, binary, key))

            endpoint.topics.publish = record  # type: ignore[method-assign]
            endpoint.publish(self._events[name])
            del endpoint.topics.publish
            self._messages[name].append((endpoint.topics.publish, recorded))
        return {
            endpoint.facade.name: [len(message[1]) for message in messages]
            for endpoint, (_, messages) in zip(self._endpoints, self._messages[name], strict=True)
        }

    def tick(self, load: str) -> None:
        """As the pacer does it: publish, then flush."""
        if load.endswith(PROJECTED):
            for endpoint in self._endpoints:
                endpoint.publish(self._events[load.removesuffix(PROJECTED)])
        else:
            for publish, messages in self._messages[load]:
                for topic, payload, binary, key in messages:
                    publish(topic, payload, binary=binary, key=key)
        self.server.pacer.publish()

    def _quote(self, key: str) -> e.QuoteChanged:
        engine = self.server.engine
        return e.QuoteChanged(time=engine.now, quote=engine.market.quote(key))

    def _trade(self, key: str) -> e.TradePrinted:
        return self.server.engine.market.trades(key, 1)[-1]


async def main() -> None:
    """Serve."""
    settings = ServerSettings(ports="free", clock="manual", control=False, ephemeral=True)
    async with Server(settings, facades=FACADES) as server:
        market = Market(server)
        await server.advance(30)
        market.open_positions()
        await server.advance(5)
        ports = {name: int(url.rsplit(":", 1)[1]) for name, url in server.http.items()}
        numbers = [
            server.engine.market.instruments[key].number
            for key in server.engine.accounts["forex"].instruments
        ]
        await obey(
            0,
            market.plan,
            market.tick,
            ports=ports,
            keys=list(server.engine.market.instruments),
            numbers=numbers,
            onetrade_key=server.credentials.onetrade.api_key,
            channels_key=server.credentials.channels.api_key,
            channels_secret=server.credentials.channels.api_secret,
        )


if __name__ == "__main__":
    asyncio.run(main())
