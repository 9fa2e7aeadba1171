"""What is kept as tables in files: CSV that no spreadsheet takes for formulas, or JSON lines.

A table is made from a snapshot, so that it can be written in a thread while the market goes on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from tui_trader.formatting.times import moment
from tui_trader.model.values import Deal, Order

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.progress import Undertaking

FORMATS = ("csv", "jsonl")
Value = str | int | float | bool | None
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet may run."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column names, how many rows, and the rows themselves, made as they are read."""

    columns: tuple[str, ...]
    count: int
    rows: Iterable[Sequence[Value]]


def journal_table(desk: Desk) -> Table:
    """Every entry that is kept, oldest first."""
    entries, clock = tuple(desk.store.journal.entries), desk.store.market_ms
    columns = ("number", "time", "event_time", "link", "kind", "severity", "text")

    def rows() -> Iterator[Sequence[Value]]:
        for one in entries:
            came = one.market_ms if one.market_ms is not None else clock(one.at)
            yield one.sequence, iso(came), iso(one.time_ms), one.link, one.kind, one.severity.value, one.text

    return Table(columns, len(entries), rows())


def orders_table(desk: Desk) -> Table:
    """Orders that ended, oldest first, then those that may still trade."""
    return _structs(Order, (*desk.store.orders.closed, *desk.store.orders.active))


def deals_table(desk: Desk) -> Table:
    """Executions, in the order in which they were told."""
    return _structs(Deal, tuple(desk.store.deals))


def frames_table(desk: Desk) -> Table:
    """Frames that the taps keep, of all links, in their order; without secrets."""
    wires, clock = desk.wires, desk.store.market_ms
    taps = [] if wires is None else [wires.tap(name) for name in wires.names]
    frames = sorted((frame for tap in taps for frame in tap.since(0)), key=lambda frame: frame.sequence)
    columns = ("number", "time", "link", "direction", "kind", "size", "frame")

    def rows() -> Iterator[Sequence[Value]]:
        for one in frames:
            time = iso(clock(one.at))
            yield one.sequence, time, one.link, one.direction.value, one.kind, one.size, one.content

    return Table(columns, len(frames), rows())


TABLES: dict[str, Callable[[Desk], Table]] = {
    "journal": journal_table,
    "orders": orders_table,
    "deals": deals_table,
    "frames": frames_table,
}


def _structs(kind: type[msgspec.Struct], items: Sequence[msgspec.Struct]) -> Table:
    names = [field.name for field in msgspec.structs.fields(kind)]
    columns = tuple(name.removesuffix("_ms") for name in names)
    return Table(columns, len(items), ([_value(name, getattr(one, name)) for name in names] for one in items))


def _value(name: str, value: object) -> Value:
    if name.endswith("_ms"):
        return iso(value if isinstance(value, int) else None)
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, str | int | float | bool) else None


def iso(epoch_ms: int | None) -> str | None:
    """Epoch milliseconds as ISO 8601, UTC."""
    return None if epoch_ms is None else moment(epoch_ms).isoformat(timespec="milliseconds")


def counted(table: Table, task: Undertaking) -> Table:
    """The same table, whose rows tell how far the writing is."""

    def rows() -> Iterator[Sequence[Value]]:
        for task.done, row in enumerate(table.rows, 1):
            yield row

    return Table(table.columns, table.count, rows())


def written(table: Table, form: str) -> bytes:
    """The file's content in one of the `FORMATS`."""
    return (_csv(table) if form == "csv" else _jsonl(table)).encode("utf-8", "replace")


def _csv(table: Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return out.getvalue()


def _cell(value: Value) -> Value:
    """Text that a spreadsheet may run gets an apostrophe before it; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _jsonl(table: Table) -> str:
    encode = msgspec.json.Encoder().encode
    rows = (encode(dict(zip(table.columns, row, strict=True))).decode() for row in table.rows)
    return "".join(f"{row}\n" for row in rows)
