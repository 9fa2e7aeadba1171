"""The Account workspace: totals, equity and statistics beside limits and alerts; deals below."""

from __future__ import annotations

from textual.geometry import Region, Size

from tui_trader.workspaces.plan import LOW, SMALL, Slot, columns, is_large, rows

MAIN = ("account", "risk", "risk_alerts")


def account(size: Size) -> tuple[Slot, ...]:
    """Choose the layout for this size."""
    region = size.region
    if size.height < LOW:
        return (Slot(region, (*MAIN, "deals", "positions")),)
    if is_large(size):
        return _large(region)
    if size.width >= SMALL:
        return _medium(region)
    main, deals = rows(region, (0, 5 if region.height < 30 else 8))
    return (Slot(main, MAIN), Slot(deals, ("deals", "positions")))


def _medium(region: Region) -> tuple[Slot, ...]:
    """Account and risk side by side, what happened below each."""
    top, bottom = rows(region, (0, max(6, region.height * 3 // 10)))
    left, right = columns(top, (0, 52))
    deals, alerts = columns(bottom, (0, 52))
    return (
        Slot(left, ("account",)),
        Slot(right, ("risk",)),
        Slot(deals, ("deals", "positions")),
        Slot(alerts, ("risk_alerts",)),
    )


def _large(region: Region) -> tuple[Slot, ...]:
    """Room for positions too."""
    top, bottom = rows(region, (0, max(14, region.height // 4)))
    left, right = columns(top, (0, 96))
    positions, deals, alerts = columns(bottom, (0, 66, 60))
    return (
        Slot(left, ("account",)),
        Slot(right, ("risk",)),
        Slot(positions, ("positions",)),
        Slot(deals, ("deals",)),
        Slot(alerts, ("risk_alerts",)),
    )
