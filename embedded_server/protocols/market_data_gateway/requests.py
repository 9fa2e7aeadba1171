"""What a subscription means: the client's words checked against the market, every default filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from embedded_server.model.enums import Resolution
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.market_data_gateway.messages import SubscriptionRequest

QUOTE = "quote"
TRADE = "trade"
BAR = "bar"
DEPTH = "depth"
CHANNELS = (QUOTE, TRADE, BAR, DEPTH)
RESOLUTIONS = {resolution.value: resolution for resolution in Resolution}
MAX_HISTORY = 1000
MAX_HISTORY_IN_ALL = 2000
"""Past bars one request may bring over all its symbols: they are never dropped, so they must be few."""
MAX_LEVELS = 100
DEFAULT_LEVELS = 20

UNKNOWN_SYMBOL = "UNKNOWN_SYMBOL"
UNKNOWN_CHANNEL = "UNKNOWN_CHANNEL"
UNKNOWN_RESOLUTION = "UNKNOWN_RESOLUTION"
INVALID_MESSAGE = "INVALID_MESSAGE"


class SubscriptionError(InputError):
    """A subscription that cannot be; `code` is the gateway's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Subscription:
    """A checked subscription. `resolution` and `levels` are None where the client left them out."""

    symbols: tuple[str, ...]
    channels: tuple[str, ...]
    resolution: Resolution | None
    history: int
    levels: int | None

    @property
    def bar_resolution(self) -> Resolution:
        """What `bar` means when subscribing."""
        return self.resolution or Resolution.M1

    def topics(self) -> Iterator[str]:
        """The topics to listen to."""
        for symbol in self.symbols:
            for channel in self.channels:
                if channel == BAR:
                    yield bar_topic(symbol, self.bar_resolution)
                elif channel == DEPTH:
                    yield depth_topic(symbol, self.levels or DEFAULT_LEVELS)
                else:
                    yield f"{channel}:{symbol}"

    def covers(self, topic: str) -> bool:
        """Whether unsubscribing with this leaves the topic: a detail left out means any."""
        channel, symbol, *detail = topic.split(":")
        if channel not in self.channels or symbol not in self.symbols:
            return False
        if channel == BAR and self.resolution is not None:
            return detail == [self.resolution.value]
        if channel == DEPTH and self.levels is not None:
            return detail == [str(self.levels)]
        return True


def bar_topic(symbol: str, resolution: Resolution) -> str:
    """Candles of one length."""
    return f"{BAR}:{symbol}:{resolution.value}"


def depth_topic(symbol: str, levels: int) -> str:
    """A book of so many levels a side."""
    return f"{DEPTH}:{symbol}:{levels}"


def subscription(
    request: SubscriptionRequest, known: Collection[str], default_channels: tuple[str, ...]
) -> Subscription:
    """Check a request; raises `SubscriptionError`."""
    symbols = _symbols(request.symbols, known)
    channels = _channels(request.channels, default_channels)
    if request.resolution is not None and request.resolution not in RESOLUTIONS:
        message = f"resolution {request.resolution!r} is none of {', '.join(RESOLUTIONS)}"
        raise SubscriptionError(UNKNOWN_RESOLUTION, message)
    if not 0 <= request.history <= MAX_HISTORY:
        raise SubscriptionError(INVALID_MESSAGE, f"history must be from 0 to {MAX_HISTORY}")
    if BAR in channels and request.history * len(symbols) > MAX_HISTORY_IN_ALL:
        message = f"history times symbols may be at most {MAX_HISTORY_IN_ALL}"
        raise SubscriptionError(INVALID_MESSAGE, message)
    if request.levels is not None and not 1 <= request.levels <= MAX_LEVELS:
        raise SubscriptionError(INVALID_MESSAGE, f"levels must be from 1 to {MAX_LEVELS}")
    return Subscription(
        symbols=symbols,
        channels=channels,
        resolution=None if request.resolution is None else RESOLUTIONS[request.resolution],
        history=request.history,
        levels=request.levels,
    )


def _symbols(symbols: list[str], known: Collection[str]) -> tuple[str, ...]:
    if not symbols or symbols == ["*"]:
        return tuple(known)
    for symbol in symbols:
        if symbol not in known:
            raise SubscriptionError(UNKNOWN_SYMBOL, f"there is no symbol {symbol!r}")
    return tuple(dict.fromkeys(symbols))


def _channels(channels: list[str] | None, default: tuple[str, ...]) -> tuple[str, ...]:
    if not channels:
        return default
    for channel in channels:
        if channel not in CHANNELS:
            message = f"channel {channel!r} is none of {', '.join(CHANNELS)}"
            raise SubscriptionError(UNKNOWN_CHANNEL, message)
    return tuple(dict.fromkeys(channels))
