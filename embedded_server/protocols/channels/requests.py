"""Reads client messages and checks what a subscription names; every refusal is a documented error code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from msgspec import UNSET

from embedded_server.protocols.channels import messages
from embedded_server.protocols.channels.projection import EXCHANGE
from embedded_server.protocols.json_input import InputError, convert, parse_object, printable

CHANNELS = ("market_data", "orderbook", "trades", "orders", "positions", "system_events")
MARKET_DATA_TYPES = ("ticker",)
DEFAULT_DEPTH = 10
MAX_DEPTH = 100
MAX_LISTED = 100
"""Channels or symbols in one message."""

_ACTIONS: dict[str, type[messages.ClientMessage]] = {
    "authenticate": messages.Authenticate,
    "subscribe": messages.Subscribe,
    "unsubscribe": messages.Unsubscribe,
    "pong": messages.Pong,
}


class Refusal(Exception):
    """A well-formed request that cannot be met, with the document's error code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Selection:
    """A checked subscription: what is meant once defaults are filled in."""

    channels: tuple[str, ...]
    symbols: tuple[str, ...]
    depth: int


def action(message: str | bytes) -> tuple[str, dict[str, object]]:
    """The action of a message and its content; raises `InputError`."""
    if isinstance(message, bytes):
        raise InputError("a text message is expected")
    content = parse_object(message)
    name = content.get("action")
    if not isinstance(name, str):
        raise InputError("action: is needed and must be a text", "action")
    return name, content


def read(name: str, content: dict[str, object]) -> messages.ClientMessage:
    """The message of an action; raises `InputError`."""
    kind = _ACTIONS.get(name)
    if kind is None:
        raise InputError(f"unknown action: {printable(name)}", "action")
    return convert(content, kind)


def select(request: messages.Subscribe | messages.Unsubscribe, symbols: Collection[str]) -> Selection:
    """Check a subscription against what there is; raises `Refusal` with 400 or 404. No symbols means all."""
    _check_channels(request.channels)
    params = request.params
    if params is UNSET:
        return Selection(tuple(request.channels), tuple(symbols), DEFAULT_DEPTH)
    if params.exchange is not UNSET and params.exchange != EXCHANGE:
        raise Refusal(f"Unknown exchange: {printable(params.exchange)}", 404)
    if params.type is not UNSET and params.type not in MARKET_DATA_TYPES:
        raise Refusal(f"Unknown market data type: {printable(params.type)}", 400)
    depth = DEFAULT_DEPTH if params.depth is UNSET else params.depth
    if not 1 <= depth <= MAX_DEPTH:
        raise Refusal(f"Invalid depth: must be from 1 to {MAX_DEPTH}", 400)
    if params.symbols is UNSET:
        return Selection(tuple(request.channels), tuple(symbols), depth)
    return Selection(tuple(request.channels), _known_symbols(params.symbols, symbols), depth)


def _check_channels(channels: list[str]) -> None:
    if not 0 < len(channels) <= MAX_LISTED:
        raise Refusal(f"Invalid channels: from 1 to {MAX_LISTED} are expected", 400)
    for channel in channels:
        if channel not in CHANNELS:
            raise Refusal(f"Unknown channel: {printable(channel)}", 400)


def _known_symbols(asked: list[str], known: Collection[str]) -> tuple[str, ...]:
    if not 0 < len(asked) <= MAX_LISTED:
        raise Refusal(f"Invalid symbols: from 1 to {MAX_LISTED} are expected", 400)
    for symbol in asked:
        if not (symbol.isascii() and symbol.isalnum() and len(symbol) <= 20):
            raise Refusal("Invalid symbol format", 400)
        if symbol not in known:
            raise Refusal(f"Unknown symbol: {printable(symbol)}", 404)
    return tuple(dict.fromkeys(asked))
