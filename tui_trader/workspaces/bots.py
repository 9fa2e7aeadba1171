"""The Bots workspace: strategies and bot, their signals with the reasoning, one strategy by itself."""

from __future__ import annotations

from textual.geometry import Region, Size

from tui_trader.workspaces.plan import LOW, SMALL, Slot, columns, is_large, rows

MACHINES = ("strategies", "bot")
DETAILS = ("signals", "strategy", "positions", "orders")
THREE_ROWS = 24
"""From this height on machines, signals and positions fit one below the other."""


def bots(size: Size) -> tuple[Slot, ...]:
    """Choose the layout for this size."""
    region = size.region
    if size.height < LOW:
        return (Slot(region, (*MACHINES, *DETAILS)),)
    if is_large(size):
        return _large(region)
    if size.width >= SMALL and size.height >= THREE_ROWS:
        return _medium(region)
    machines, signals = rows(region, (9, 0))
    return (Slot(machines, MACHINES), Slot(signals, DETAILS))


def _medium(region: Region) -> tuple[Slot, ...]:
    """Machines side by side over their signals and what they hold."""
    top, signals, deck = rows(region, (9, 0, max(6, region.height // 4)))
    strategies, bot = columns(top, (0, 38))
    return (
        Slot(strategies, ("strategies",)),
        Slot(bot, ("bot",)),
        Slot(signals, ("signals",)),
        Slot(deck, ("strategy", "positions", "orders", "deals")),
    )


def _large(region: Region) -> tuple[Slot, ...]:
    """Machines, signals and chart, and what they hold."""
    top, middle, bottom = rows(region, (10, 0, max(12, region.height // 4)))
    strategies, bot = columns(top, (0, 64))
    signals, chart = columns(middle, (0, 90))
    positions, orders = columns(bottom, (0, 90))
    return (
        Slot(strategies, ("strategies",)),
        Slot(bot, ("bot",)),
        Slot(signals, ("signals",)),
        Slot(chart, ("chart",)),
        Slot(positions, ("positions",)),
        Slot(orders, ("strategy", "orders", "deals")),
    )
