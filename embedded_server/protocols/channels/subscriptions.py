"""Who listens to what on the channels API, and what each channel begins with. Market channels are topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from embedded_server.kernel.time import to_milliseconds
from embedded_server.protocols.channels import messages, requests
from embedded_server.protocols.channels.connection import Connection
from embedded_server.protocols.channels.projection import ACCOUNT, EXCHANGE, Projection
from embedded_server.protocols.facade import Client, Topics

if TYPE_CHECKING:
    from embedded_server.engine.engine import Engine


class Subscriptions:
    """Carries out checked subscriptions."""

    def __init__(self, engine: Engine, topics: Topics, projection: Projection) -> None:
        self._engine = engine
        self._topics = topics
        self._projection = projection
        self._depths: dict[str, set[int]] = {}
        """Depths somebody asked for, of each book; those nobody listens to are dropped when it changes."""

    def join(self, connection: Connection, selection: requests.Selection) -> None:
        """Each channel begins with what is: nobody has to wait for a change to see the present.

        What happened but was not told yet is told before, to the others: no update is older than a snapshot.
        """
        self._engine.publish()
        for channel in selection.channels:
            if channel == "system_events":
                connection.system_events = True
                connection.send(self._exchange_status())
                continue
            for key in selection.symbols:
                self._join_symbol(connection, channel, key, selection.depth)

    def _join_symbol(self, connection: Connection, channel: str, key: str, depth: int) -> None:
        client = connection.client
        match channel:
            case "market_data":
                self._topics.subscribe(client, ticker_topic(key))
                market = self._engine.market
                connection.send(self._projection.market_data(market.quote(key), market.day(key)))
            case "orderbook":
                self._leave_book(client, key)
                self._topics.subscribe(client, book_topic(key, depth))
                self._depths.setdefault(key, set()).add(depth)
                connection.send(self.book(key, depth))
            case "trades":
                self._topics.subscribe(client, trades_topic(key))
            case "orders":
                connection.order_symbols.add(key)
                for order in self._engine.accounts[ACCOUNT].working_orders():
                    if order.instrument == key:
                        connection.send(self._projection.orders(order, "snapshot", self._engine.now))
            case _:
                connection.position_symbols.add(key)
                self._topics.subscribe(client, marks_topic(key))
                for position in self._engine.accounts[ACCOUNT].positions():
                    if position.instrument == key:
                        connection.send(self._projection.positions(position, "snapshot", self._engine.now))

    def depths(self, key: str) -> Sequence[int]:
        """Depths of a book that somebody listens to."""
        asked = self._depths.get(key)
        if not asked:
            return ()
        asked -= {depth for depth in asked if not self._topics.has(book_topic(key, depth))}
        return sorted(asked)

    def leave(self, connection: Connection, selection: requests.Selection) -> None:
        """End subscriptions; one that is not there is no error."""
        client = connection.client
        for channel in selection.channels:
            if channel == "system_events":
                connection.system_events = False
                continue
            for key in selection.symbols:
                match channel:
                    case "market_data":
                        self._topics.unsubscribe(client, ticker_topic(key))
                    case "orderbook":
                        self._leave_book(client, key)
                    case "trades":
                        self._topics.unsubscribe(client, trades_topic(key))
                    case "orders":
                        connection.order_symbols.discard(key)
                    case _:
                        connection.position_symbols.discard(key)
                        self._topics.unsubscribe(client, marks_topic(key))

    def _leave_book(self, client: Client, key: str) -> None:
        """A client has one depth of a book at a time."""
        prefix = book_topic(key, "")
        for topic in self._topics.of(client):
            if topic.startswith(prefix):
                self._topics.unsubscribe(client, topic)

    def book(self, key: str, depth: int) -> messages.Orderbook:
        """The book now, `depth` levels a side."""
        bids, asks = self._engine.market.depth(key, depth)
        return self._projection.orderbook(key, bids, asks, self._engine.now)

    def _exchange_status(self) -> messages.SystemEvents[messages.ExchangeStatus]:
        now = to_milliseconds(self._engine.now)
        data = messages.ExchangeStatus(EXCHANGE, "connected", now)
        return messages.SystemEvents("exchange_connection_status", data, now)


def ticker_topic(key: str) -> str:
    """Name of a topic."""
    return f"ticker:{key}"


def book_topic(key: str, depth: int | str) -> str:
    """Name of a topic."""
    return f"orderbook:{key}:{depth}"


def trades_topic(key: str) -> str:
    """Name of a topic."""
    return f"trades:{key}"


def marks_topic(key: str) -> str:
    """Name of a topic."""
    return f"marks:{key}"
