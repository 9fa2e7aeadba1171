"""What the bot core speaks (bot-core.md, Rust Core Engine WebSocket)."""

from __future__ import annotations

from embedded_server.protocols.bot_core import messages as m
from embedded_server.protocols.bot_core import requests as r
from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.bot_platform import messages as core
from embedded_server.protocols.bot_platform.requests import LowerCasePing, Ping, RequestSignal
from embedded_server.protocols.operation import Code, Description, Origin, Parameter, client, server

EXTENSION = Origin.EXTENSION

DESCRIPTION = Description(
    title="Rust Core Engine WebSocket",
    source="bot-core.md",
    summary="Market data, charts, positions, trades, signals and status of a bot on perpetual futures.",
    connecting=(
        "Open the WebSocket. A JWT (HS256) may come as header, as query parameter or in the first "
        "message; it "
        "is optional unless the server was started with authentication required.",
        "The first frame is `Connected`; then market data, charts, positions and the bot's status are "
        "pushed.",
        "Send `Ping` every 30 seconds, not more often; one early ping after connecting is tolerated.",
        "At most 100 client messages a minute. Timestamps are epoch milliseconds.",
    ),
    query=(Parameter("token", "a JWT"),),
    headers=(Parameter("Authorization", "`Bearer` and a JWT"),),
    operations=(
        client(Ping, "Ping", "Heartbeat.", when="Every 30 seconds", replies=("Pong",)),
        client(
            LowerCasePing,
            "Ping, in lower case",
            "The heartbeat as clients in the field spell it.",
            replies=("Pong",),
            origin=Origin.OBSERVED,
            example={"type": "ping"},
        ),
        client(
            r.Authenticate,
            "Authenticate",
            "A JWT in the first message.",
            when="Once, or never",
            replies=("Authenticated", "Error"),
        ),
        client(
            r.BotCommand,
            "Bot Command",
            "Control the bot: `START`, `PAUSE` or `STOP`.",
            replies=("BotStatusUpdate", "Error"),
            origin=EXTENSION,
        ),
        client(
            RequestSignal,
            "Request Signal",
            "Ask for a signal now.",
            replies=("AISignalReceived", "Error"),
            origin=EXTENSION,
        ),
        client(
            r.ClosePosition,
            "Close Position",
            "Close a position at market.",
            replies=("PositionUpdate", "Error"),
            origin=EXTENSION,
        ),
        server(m.Connected, "Connected", "Initial connection confirmation.", when="Once per connection"),
        server(
            m.MarketData,
            "MarketData",
            "Real-time market price updates for tracked symbols.",
            when="Every 1 second (or on price change)",
        ),
        server(
            m.ChartUpdate,
            "ChartUpdate",
            "New candlestick data or chart updates.",
            when="On candle close (1m, 5m, 15m, 1h, 4h, 1d)",
        ),
        server(
            m.PositionUpdate,
            "PositionUpdate",
            "Position opened, updated, or closed.",
            when="On position change",
        ),
        server(m.TradeExecuted, "TradeExecuted", "Trade order executed.", when="On order fill"),
        server(
            core.AISignalReceived,
            "AISignalReceived",
            "AI trading signal generated: `long`, `short` or `neutral`, with a confidence from 0 to 1.",
            when="Every 5 minutes or on demand",
        ),
        server(
            m.BotStatusUpdate,
            "BotStatusUpdate",
            "Bot operational status changed: `RUNNING`, `PAUSED`, `STOPPED` or `ERROR`, in "
            "`PAPER_TRADING` or "
            "`LIVE_TRADING`.",
            when="On status change",
        ),
        server(
            core.Error,
            "Error",
            "Error notification; severity is `INFO`, `WARNING`, `ERROR` or `CRITICAL`.",
            when="On error occurrence",
        ),
        server(core.Pong, "Pong", "Heartbeat response to `Ping`.", when="In response to client Ping"),
        server(
            m.Authenticated,
            "Authenticated",
            "The token is good.",
            when="In response to Authenticate",
            origin=EXTENSION,
        ),
    ),
    errors=(
        Code(errors.TRADE_EXECUTION_FAILED, "trade order failed"),
        Code(errors.INSUFFICIENT_BALANCE, "not enough balance"),
        Code(errors.INVALID_POSITION, "position not found or invalid"),
        Code(errors.MARKET_DATA_ERROR, "market data fetch failed"),
        Code(errors.AI_SERVICE_ERROR, "AI service unavailable"),
        Code(errors.WEBSOCKET_ERROR, "the message cannot be used; the connection is kept"),
        Code(errors.AUTHENTICATION_FAILED, "the token is missing, forged or expired", EXTENSION),
    ),
    closes=(
        Code(1001, "the server ends", EXTENSION),
        Code(
            1008,
            "more than 100 messages a minute, pings more often than every 30 seconds, or no token in time",
        ),
    ),
)
