"""What the bars endpoint speaks (bars.md), described in AsyncAPI 2.4.0 as the document says."""

from __future__ import annotations

from msgspec import Struct

from embedded_server.protocols.bars import messages as m
from embedded_server.protocols.bars.lifetime import TIMED_OUT
from embedded_server.protocols.operation import Code, Description, Origin, client, server


class Subscribe(Struct, frozen=True, tag_field="type", tag="bars.subscribe"):
    """bars.md, 1. Subscribe to Bar Updates."""

    payload: m.SubscriptionRequest


class Unsubscribe(Struct, frozen=True, tag_field="type", tag="bars.unsubscribe"):
    """bars.md, 2. Unsubscribe from Updates."""

    payload: m.SubscriptionRequest


DESCRIPTION = Description(
    title="Trading WebSockets",
    source="bars.md",
    summary="Real-time OHLC bars by topic, `bars:{SYMBOL}:{RESOLUTION}`.",
    connecting=(
        "Open the WebSocket; there is no login and nothing is sent unasked.",
        "Send a message that parses at least every 30 seconds; repeating a subscription will do.",
        "A connection lives 3600 seconds at most; connect again.",
        "`bars.update` carries no symbol: use one connection a topic where several are wanted.",
    ),
    operations=(
        client(
            Subscribe,
            "Subscribe to Bar Updates",
            "Subscribe to real-time OHLC bar updates for a symbol and resolution. Repeating it is `ok`.",
            replies=("bars.subscribe.response",),
        ),
        client(
            Unsubscribe,
            "Unsubscribe from Updates",
            "Remove the subscription of a symbol and resolution. `ok` without one, too.",
            replies=("bars.unsubscribe.response",),
        ),
        server(
            m.SubscribeResponse,
            "Subscription Response",
            "Reply to `bars.subscribe`; `status` is `error` for an unknown symbol or resolution.",
            when="On request",
        ),
        server(
            m.UnsubscribeResponse,
            "Unsubscription Response",
            "Reply to `bars.unsubscribe`.",
            when="On request",
        ),
        server(
            m.BarUpdate,
            "Bar Data Updates",
            "Real-time OHLC bar data broadcast to subscribed clients: the forming bar, and the bar as it "
            "closes.",
            when="On every trade and on close",
        ),
    ),
    closes=(
        Code(
            1003, "`Could not validate payload`: not JSON, not an object, no `type`, a bad payload, or binary"
        ),
        Code(1003, "`No matching type`: an unknown type, or one that only the server sends"),
        Code(1003, f"`{TIMED_OUT}`"),
        Code(1001, "the server ends", Origin.EXTENSION),
        Code(1008, "more than 100 messages a minute", Origin.EXTENSION),
    ),
    asyncapi="2.4.0",
)
