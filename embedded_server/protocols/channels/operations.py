"""What the channels API speaks (channels.md); its REST half is in http_operations.py."""

from __future__ import annotations

from embedded_server.protocols.channels import messages as m
from embedded_server.protocols.channels import requests as r
from embedded_server.protocols.channels.http_operations import HTTP_OPERATIONS
from embedded_server.protocols.channels.projection import EXCHANGE
from embedded_server.protocols.operation import Code, Description, Operation, Origin, client, server

EXTENSION = Origin.EXTENSION

DESCRIPTION = Description(
    title="WebSocket API",
    source="channels.md",
    summary="Market data, order book, trades, orders, positions and system events of a spot exchange.",
    connecting=(
        "Open the WebSocket and send `authenticate` within 10 seconds; nothing else counts before it.",
        "`signature` is the lower-case hex HMAC-SHA256 of `GET\\n/ws\\n{timestamp}\\n` with the API "
        "secret; the "
        "timestamp may be 5 s from server time and a signature is good once.",
        f"Then `subscribe` to channels: {', '.join(f'`{name}`' for name in r.CHANNELS)}. The exchange is "
        f"`{EXCHANGE}`; without `symbols` all of them are meant.",
        "Answer `ping` with `pong` within 10 seconds. Timestamps are epoch milliseconds, amounts are coins.",
    ),
    operations=(
        client(
            m.Authenticate,
            "Authenticate",
            "Log in with the keys of the REST API.",
            when="Once, first",
            replies=("authenticated", "error"),
        ),
        client(
            m.Subscribe,
            "Subscribe to Channels",
            "Listen to channels; each begins with what is now.",
            replies=("subscribed", "error"),
        ),
        client(
            m.Unsubscribe,
            "Unsubscribe from Channels",
            "Listen no longer.",
            replies=("unsubscribed", "error"),
        ),
        client(m.Pong, "Pong", "The answer to `ping`.", when="In response to the server's ping"),
        server(m.Authenticated, "Authenticated", "The login succeeded.", when="In response to authenticate"),
        server(
            m.Subscribed,
            "Subscribed",
            "The subscription as it was asked for.",
            when="In response to subscribe",
        ),
        server(
            m.Unsubscribed,
            "Unsubscribed",
            "The unsubscription as it was asked for.",
            when="In response to unsubscribe",
        ),
        server(
            m.MarketData,
            "Market Data Channel",
            "Real-time market data updates.",
            when="On subscribing and on every change",
        ),
        server(
            m.Orderbook,
            "Orderbook Channel",
            "Real-time order book updates, whole, best first.",
            when="On subscribing and on every change",
        ),
        server(m.Trades, "Trades Channel", "Real-time trade updates.", when="On every trade"),
        server(
            m.Orders,
            "Orders Channel",
            "Real-time updates for your orders: `open`, `partially_filled`, `filled`, `canceled`, "
            "`rejected`, "
            "`expired`.",
            when="On subscribing (event `snapshot`, extension) and on change (`update`)",
        ),
        server(
            m.Positions,
            "Positions Channel",
            "Real-time updates for your positions.",
            when="On subscribing (event `snapshot`, extension) and on change (`update`)",
        ),
        Operation(
            "system_events",
            "server",
            m.SystemEvents[m.ExchangeStatus],
            "System Events Channel",
            "Real-time system event updates.",
            when="On subscribing and on change",
        ),
        server(
            m.Error, "Error", "An error occurred; the connection is kept.", when="Upon a message that fails"
        ),
        server(m.Ping, "Ping", "Answer with `pong`.", when="After 30 seconds without messages"),
        server(m.Close, "Connection Close", "Precedes every close by the server.", when="Once, last"),
    ),
    errors=(
        Code(400, "Bad request"),
        Code(401, "Unauthorized"),
        Code(403, "Forbidden"),
        Code(404, "Not found"),
        Code(429, "Too many requests"),
        Code(500, "Internal server error"),
    ),
    closes=(
        Code(1000, "Normal closure: `Session timeout` when `pong` does not come within 10 seconds"),
        Code(1001, "Going away: the server ends"),
        Code(1008, "Policy violation: no login in 10 seconds, five failed logins, too many messages"),
        Code(1011, "Internal error"),
    ),
    extension_fields={
        "Order": (
            "average",
            "stop_price",
            "stop_loss",
            "take_profit",
            "client_order_id",
            "reason",
            "trailing_distance",
            "oco_group",
            "time_in_force",
            "expires_at",
        ),
    },
    http=HTTP_OPERATIONS,
    refusal=m.Error,
)
