"""The Trade workspace: watchlist, chart and order book; positions, orders and what watches them below."""

from __future__ import annotations

from textual.geometry import Region, Size

from tui_trader.workspaces.plan import LOW, SMALL, Slot, columns, is_large, rows

DECK = ("positions", "orders", "deals", "strategies", "signals", "journal", "risk")
TOP = ("tickers", "chart", "order_book")
NARROW = 64
WIDEST = 208
"""From this width on the watchlist has room for the day's volume."""


def trade(size: Size) -> tuple[Slot, ...]:
    """Choose the layout for this size."""
    region = size.region
    if size.height < LOW:
        return (Slot(region, (*TOP, *DECK)),)
    if is_large(size):
        return _large(region)
    if size.width >= SMALL:
        return _medium(region)
    return _small(region)


def _small(region: Region) -> tuple[Slot, ...]:
    """One job at a time: a main pane and a watchlist, and three rows of whatever tab is chosen."""
    top, deck = rows(region, (0, 5 if region.height < 30 else 8))
    if region.width < NARROW:
        return (Slot(top, TOP), Slot(deck, DECK))
    watchlist, main = columns(top, (24, 0))
    return (Slot(watchlist, ("tickers",)), Slot(main, ("chart", "order_book")), Slot(deck, DECK))


def _medium(region: Region) -> tuple[Slot, ...]:
    """Watchlist, chart and order book side by side over one row of tabs."""
    top, deck = rows(region, (0, max(6, min(12, region.height * 3 // 10))))
    book = 34 if region.width >= 118 else 30
    watchlist, chart, ladder = columns(top, (29, 0, book))
    return (
        Slot(watchlist, ("tickers",)),
        Slot(chart, ("chart",)),
        Slot(ladder, ("order_book",)),
        Slot(deck, DECK),
    )


def _large(region: Region) -> tuple[Slot, ...]:
    """Everything at once."""
    top, bottom = rows(region, (0, max(12, region.height // 4)))
    watchlist, chart, ladder, machines = columns(top, (46 if region.width >= WIDEST else 40, 0, 34, 48))
    strategies, bot, signals = rows(machines, (9, 9, 0))
    positions, orders, events = columns(bottom, (0, 62, 57))
    return (
        Slot(watchlist, ("tickers",)),
        Slot(chart, ("chart",)),
        Slot(ladder, ("order_book",)),
        Slot(strategies, ("strategies",)),
        Slot(bot, ("bot",)),
        Slot(signals, ("signals",)),
        Slot(positions, ("positions",)),
        Slot(orders, ("orders", "deals")),
        Slot(events, ("journal", "risk", "links")),
    )
