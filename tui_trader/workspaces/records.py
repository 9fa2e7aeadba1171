"""The Journal workspace: what happened, what went over the wires, and how the links are."""

from __future__ import annotations

from textual.geometry import Region, Size

from tui_trader.workspaces.plan import LOW, SMALL, Slot, columns, is_large, rows

RECORDS = ("journal", "inspector")


def records(size: Size) -> tuple[Slot, ...]:
    """Choose the layout for this size."""
    region = size.region
    if size.height < LOW:
        return (Slot(region, (*RECORDS, "links")),)
    if is_large(size):
        return _large(region)
    if size.width >= SMALL:
        return _medium(region)
    main, links = rows(region, (0, 10))
    return (Slot(main, RECORDS), Slot(links, ("links",)))


def _medium(region: Region) -> tuple[Slot, ...]:
    """Journal over frames and links."""
    journal, bottom = rows(region, (0, max(11, region.height * 2 // 5)))
    inspector, links = columns(bottom, (0, 50))
    return (Slot(journal, ("journal",)), Slot(inspector, ("inspector",)), Slot(links, ("links",)))


def _large(region: Region) -> tuple[Slot, ...]:
    """Journal and frames side by side over the links."""
    top, bottom = rows(region, (0, 12))
    journal, inspector = columns(top, (0, 100))
    return (Slot(journal, ("journal",)), Slot(inspector, ("inspector",)), Slot(bottom, ("links",)))
