"""What the AI service speaks (bot-core.md, Python AI Service WebSocket)."""

from __future__ import annotations

from embedded_server.protocols.ai_service import messages as m
from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.bot_platform import messages as core
from embedded_server.protocols.bot_platform import requests as r
from embedded_server.protocols.operation import Code, Description, Origin, client, server

EXTENSION = Origin.EXTENSION
OBSERVED = Origin.OBSERVED

DESCRIPTION = Description(
    title="Python AI Service WebSocket",
    source="bot-core.md",
    summary="AI signals on perpetual futures, as they are made and on request.",
    connecting=(
        "Open the WebSocket; there is no login.",
        "The first frame is the greeting, `connection`; signals follow unasked, every five minutes a symbol.",
        "Send `Ping` every 30 seconds.",
        "With `--dialect observed` any text frame is answered with the observed `Pong`, and periodic signals "
        "have the observed form.",
    ),
    operations=(
        client(r.Ping, "Ping", "Heartbeat.", when="Every 30 seconds", replies=("Pong",)),
        client(
            r.LowerCasePing,
            "Ping, in lower case",
            "The heartbeat as clients in the field spell it.",
            replies=("Pong",),
            origin=OBSERVED,
            example={"type": "ping"},
        ),
        client(
            r.RequestSignal,
            "Request Signal",
            "Ask for a signal now.",
            replies=("AISignalReceived", "Error"),
            origin=EXTENSION,
        ),
        server(m.Connection, "Welcome Message", "The greeting.", when="Once per connection"),
        server(
            core.AISignalReceived,
            "AISignalReceived",
            "AI trading signal generated: `long`, `short` or `neutral`, with a confidence from 0 to 1.",
            when="Every 5 minutes or on demand",
        ),
        server(core.Error, "Error", "Error notification.", when="On error occurrence"),
        server(core.Pong, "Pong", "Heartbeat response to `Ping`.", when="In response to client Ping"),
        server(
            m.ObservedSignal,
            "AISignalReceived, as observed",
            "A periodic signal as software in the field sends it: capitalised, ISO times, no model.",
            name="AISignalReceived.observed",
            type="AISignalReceived",
            when="Every 5 minutes, with --dialect observed",
            origin=OBSERVED,
        ),
        server(
            m.ObservedPong,
            "Pong, as observed",
            "What software in the field answers to any text frame.",
            name="Pong.observed",
            type="Pong",
            when="Upon any text frame, with --dialect observed",
            origin=OBSERVED,
        ),
    ),
    errors=(
        Code(errors.MARKET_DATA_ERROR, "no perpetual has this symbol, or it cannot be used now"),
        Code(errors.AI_SERVICE_ERROR, "the AI service is unavailable"),
        Code(errors.WEBSOCKET_ERROR, "the message cannot be used; the connection is kept"),
    ),
    closes=(
        Code(1001, "the server ends", EXTENSION),
        Code(1008, "more than 100 messages, or 20 invalid ones, a minute"),
    ),
)
