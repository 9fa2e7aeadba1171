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
    left, right = columns(region, (0, 52))
    main, deals = rows(left, (0, max(6, region.height * 3 // 10)))
    risk, alerts = rows(right, (0, 8 if region.height >= 34 else 6))
    return (
        Slot(main, ("account",)),
        Slot(risk, ("risk",)),
        Slot(deals, ("deals", "positions")),
        Slot(alerts, ("risk_alerts",)),
    )


def _large(region: Region) -> tuple[Slot, ...]:
    """Account over deals; risk over alerts and positions."""
    left, right = columns(region, (0, 98))
    account_region, deals = rows(left, (0, region.height // 3))
    risk, alerts, positions = rows(right, (21, 0, region.height // 3))
    return (
        Slot(account_region, ("account",)),
        Slot(risk, ("risk",)),
        Slot(deals, ("deals",)),
        Slot(alerts, ("risk_alerts",)),
        Slot(positions, ("positions",)),
    )
