"""Writes what the links tell to a file, beginning with all that was known when it began."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from tui_trader.export_folder import create
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Instrument
from tui_trader.playback.recording_file import VERSION, Header, header_line, line_of
from tui_trader.store.store import Store

LIMIT = 2_000_000_000
"""Bytes after which a recording ends by itself."""


class Recorder:
    """At most one recording at a time. `failed` gets the sentence when it ends by itself."""

    def __init__(self, failed: Callable[[str], None]) -> None:
        self.path: Path | None = None
        self.events = 0
        self._failed = failed
        self._file: IO[bytes] | None = None
        self._began = 0.0
        self._bytes = 0

    @property
    def active(self) -> bool:
        """True while it records."""
        return self._file is not None

    def start(self, name: str, store: Store, links: Sequence[str], now: float) -> Path:
        """Begin a file and return where it is. Raises `CommandError`."""
        if self._file is not None:
            raise CommandError(f"A recording is under way already: {self.path}")
        self.path, self._file = create(name)
        self._began, self._bytes, self.events = now, 0, 0
        selection = store.selection
        header = Header(
            tui_trader_recording=VERSION,
            links=tuple(links),
            symbol=selection.symbol,
            timeframe=selection.timeframe,
        )
        self._write(header_line(header))
        for event in known(store):
            self.take(event, now)
        return self.path

    def take(self, event: e.Event, now: float) -> None:
        """Write an event, if it records."""
        if self._file is not None:
            self.events += 1
            self._write(line_of(max(0.0, now - self._began), event))

    def stop(self) -> Path:
        """End the file and return where it is. Raises `CommandError`."""
        if self._file is None or self.path is None:
            raise CommandError("Nothing is being recorded.")
        file, self._file = self._file, None
        try:
            file.close()
        except OSError as error:
            raise CommandError(f"The end of the recording is lost: {error.strerror or error}") from None
        return self.path

    def _write(self, line: bytes) -> None:
        assert self._file is not None
        try:
            self._file.write(line)
            self._bytes += len(line)
            if self._bytes > LIMIT:
                self._failed(f"The recording is full and was ended: {self.stop()}")
        except OSError as error:
            self._file = None
            self._failed(f"The recording was ended: {error.strerror or error}")


def known(store: Store) -> Iterator[e.Event]:
    """Events that make another store know what this one knows of the present."""
    for view in store.links:
        yield e.LinkChanged(view.name, view.state, view.detail, view.attempt)
        if view.round_trip is not None:
            yield e.RoundTripMeasured(view.name, view.round_trip)
    yield from _market(store)
    yield from _trading(store)
    for link in dict.fromkeys(strategy.link for strategy in store.strategies):
        yield e.StrategiesListed(link, tuple(one for one in store.strategies if one.link == link))
        closing = store.strategies.closes_positions(link)
        yield e.StrategyConfigsListed(link, store.strategies.configs(link), closing)
    for signal in reversed(list(store.signals.newest_first)):
        yield e.SignalReceived(signal)
    for bot in store.bots:
        yield e.BotUpdated(bot.bot)
    if store.risk.latest is not None:
        yield e.RiskUpdated(store.risk.latest)


def _trading(store: Store) -> Iterator[e.Event]:
    for account in store.accounts:
        yield e.AccountUpdated(account)
    for position in store.positions:
        yield e.PositionUpdated(position)
    for order in (*store.orders.closed, *store.orders.active):
        if order.id:  # one that is on its way is told again by its answer
            yield e.OrderUpdated(order)
    for deal in store.deals:
        yield e.DealDone(deal)


def _market(store: Store) -> Iterator[e.Event]:
    by_link: dict[str, list[Instrument]] = {}
    for instrument in store.instruments:
        by_link.setdefault(instrument.link, []).append(instrument)
    for link, listed in by_link.items():
        yield e.InstrumentsListed(link, tuple(listed))
    for quote in store.quotes:
        yield e.QuoteUpdated(
            link=quote.link,
            symbol=quote.symbol,
            bid=quote.bid,
            ask=quote.ask,
            last=quote.last,
            bid_size=quote.bid_size,
            ask_size=quote.ask_size,
            change_percent=quote.change_percent,
            volume=quote.volume,
            high=quote.high,
            low=quote.low,
            time_ms=quote.time_ms,
        )
    selection = store.selection
    link = store.instruments.describe(selection.symbol).link
    series = store.candles.get(selection.symbol, selection.timeframe)
    yield e.HistoryLoaded(link, selection.symbol, selection.timeframe, tuple(series.bars))
    book = store.books.get(selection.symbol)
    yield e.DepthUpdated(link, selection.symbol, tuple(book.bids), tuple(book.asks))
