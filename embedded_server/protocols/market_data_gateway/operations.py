"""What the market data gateway speaks: the envelope is orchestrator.md's, everything in it ours."""

from __future__ import annotations

from embedded_server.protocols.market_data_gateway import messages as m
from embedded_server.protocols.market_data_gateway import requests as r
from embedded_server.protocols.operation import Code, Description, Origin, client, server

EXTENSION = Origin.EXTENSION

DESCRIPTION = Description(
    title="Market Data Gateway WebSocket",
    source="orchestrator.md (the envelope)",
    summary="Quotes, trades, candles and depth of every instrument of the market.",
    connecting=(
        "Open the WebSocket; there is no login and nothing is sent unasked.",
        "`get_instruments` tells which symbols there are; `subscribe` names symbols and channels.",
        f"Channels: {', '.join(f'`{name}`' for name in r.CHANNELS)}. Resolutions of `bar`: "
        f"{', '.join(f'`{name}`' for name in r.RESOLUTIONS)}.",
        f"At most {r.MAX_HISTORY} past bars a symbol, {r.MAX_HISTORY_IN_ALL} a request; {r.MAX_LEVELS} "
        "levels.",
    ),
    operations=(
        client(
            m.Subscribe,
            "Subscribe",
            "Listen to channels of symbols. Quote, depth and the forming bar are sent at once; "
            "with `history`, past bars first.",
            replies=("subscribed", "error"),
            origin=EXTENSION,
        ),
        client(
            m.Unsubscribe,
            "Unsubscribe",
            "Listen no longer.",
            replies=("unsubscribed", "error"),
            origin=EXTENSION,
        ),
        client(
            m.GetInstruments,
            "Get Instruments",
            "Ask what exists.",
            replies=("instruments",),
            origin=EXTENSION,
        ),
        server(
            m.Subscribed,
            "Subscribed",
            "What was asked for, defaults filled in; precedes the data.",
            when="On request",
            origin=EXTENSION,
        ),
        server(
            m.Unsubscribed,
            "Unsubscribed",
            "What was asked for, defaults filled in.",
            when="On request",
            origin=EXTENSION,
        ),
        server(
            m.Quote,
            "Quote",
            "Top of book and one rolling day.",
            when="On subscribing and on every change",
            origin=EXTENSION,
        ),
        server(m.Trade, "Trade", "A trade on the book.", when="On every trade", origin=EXTENSION),
        server(
            m.BarMessage,
            "Bar",
            "A past, forming or just closed candle; `closed` tells which.",
            when="On subscribing, on every trade and on close",
            origin=EXTENSION,
        ),
        server(
            m.Depth,
            "Depth",
            "Both sides of the book, (price, quantity) pairs, best first.",
            when="On subscribing and on every change",
            origin=EXTENSION,
        ),
        server(
            m.Instruments,
            "Instruments",
            "Everything that can be subscribed to.",
            when="On request",
            origin=EXTENSION,
        ),
        server(
            m.Error,
            "Error",
            "The request changed nothing.",
            when="Upon a message that fails",
            origin=EXTENSION,
        ),
    ),
    errors=(
        Code(r.UNKNOWN_SYMBOL, "no instrument has this symbol", EXTENSION),
        Code(r.UNKNOWN_CHANNEL, "there is no such channel", EXTENSION),
        Code(r.UNKNOWN_RESOLUTION, "there are no bars of this resolution", EXTENSION),
        Code(r.INVALID_MESSAGE, "not JSON, no known `type`, or a field that does not fit", EXTENSION),
    ),
    closes=(
        Code(1001, "the server ends", EXTENSION),
        Code(1008, "more than 100 messages, or 20 invalid ones, a minute", EXTENSION),
    ),
)
