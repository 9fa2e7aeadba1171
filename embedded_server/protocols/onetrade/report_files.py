"""Renders reports as CSV and HTML. Pure: rows in, bytes out; cells a spreadsheet would run are defused."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

Cell = str | int | float | None

FORMATS = {"csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8"}

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

_STYLE = (
    "body{font:14px sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}"
    "th,td{padding:.3em .8em;border-bottom:1px solid #ccc;text-align:left}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}"
)


class Section(NamedTuple):
    """One table of a report."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def render(kind: str, title: str, sections: Sequence[Section]) -> bytes:
    """The file of a report; `kind` is one of `FORMATS`."""
    return (_csv(sections) if kind == "csv" else _html(title, sections)).encode()


def _csv(sections: Sequence[Section]) -> str:
    """Sections one below the other, an empty line between."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for number, section in enumerate(sections):
        if number:
            writer.writerow(())
        writer.writerow(section.columns)
        writer.writerows([_defused(cell) for cell in row] for row in section.rows)
    return text.getvalue()


def _defused(cell: Cell) -> Cell:
    """Numbers stay numbers; text that a spreadsheet would take for a formula is quoted."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


def _html(title: str, sections: Sequence[Section]) -> str:
    body = "".join(_table(section) for section in sections)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def _table(section: Section) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in section.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in section.rows)
    return f"<h2>{escape(section.title)}</h2><table><tr>{head}</tr>{rows}</table>"


def _cell(cell: Cell) -> str:
    text = "" if cell is None else escape(str(cell))
    return f"<td>{text}</td>" if isinstance(cell, str) or cell is None else f'<td class="n">{text}</td>'
