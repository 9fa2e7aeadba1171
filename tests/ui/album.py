"""Snapshots of one screen at every size and in every theme, in one text file: letters, inks, colours.

A theme changes colours, not places, and the same inks mean the same at every size: so themes are gone through
at the smallest size, and of another theme only the colours are kept, unless its inks differ where the first
theme's are the same. A file stays small, and a difference reads as lines of text.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.style import Style
from textual.pilot import Pilot

from tui_trader.app import TraderApp
from tui_trader.themes import DEFAULT_THEME, THEMES

SIZES = ((80, 24), (120, 40), (200, 60))
NAMES = (DEFAULT_THEME, *(theme.name for theme in THEMES if theme.name != DEFAULT_THEME))
ALBUM = Path(__file__).parent / "album"
_LETTERS = "".join(chr(code) for code in (*range(0x61, 0x7B), *range(0x41, 0x5B), *range(0xC0, 0x180)))


@dataclass(frozen=True)
class Sheet:
    """A screen: its text, a letter of its inks for each cell, and the inks in the letters' order."""

    text: tuple[str, ...]
    letters: tuple[str, ...]
    inks: tuple[str, ...]


def sheet(app: TraderApp) -> Sheet:
    """What is on the screen now."""
    text, letters, inks = [], [], {}
    for strip in app.screen._compositor.render_strips():
        text.append(strip.text.rstrip())
        row = ""
        for segment in strip:
            letter = inks.setdefault(_ink(segment.style or Style()), _LETTERS[len(inks)])
            row += letter * segment.cell_length
        letters.append(row)
    return Sheet(tuple(text), tuple(map(_runs, letters)), tuple(inks))


def _ink(style: Style) -> str:
    marks = [
        name for name in ("bold", "dim", "italic", "underline", "reverse", "strike") if getattr(style, name)
    ]
    colours = [colour.name if colour else "-" for colour in (style.color, style.bgcolor)]
    return " on ".join(colours) + "".join(f" {mark}" for mark in marks)


def _runs(row: str) -> str:
    """`aaab` as `a3b`: shorter, and a move of one cell stays one difference."""
    out, start = "", 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at] != row[start]:
            out += row[start] + (str(at - start) if at - start > 1 else "")
            start = at
    return out


class Page:
    """All looks of one scene, compared with the page accepted before."""

    def __init__(self, pilot: Pilot[None], app: TraderApp, *, update: bool) -> None:
        self._pilot, self._app, self._update = pilot, app, update

    async def take(self, name: str) -> list[str]:
        """Go through sizes and themes; give the complaint, as lines, if anything differs."""
        made: list[str] = []
        for size in SIZES:
            await self._pilot.resize_terminal(*size)
            themes = NAMES if size == SIZES[0] else NAMES[:1]
            made += await self._at(f"{size[0]}x{size[1]}", themes)
        path = ALBUM / f"{name}.txt"
        if self._update:
            ALBUM.mkdir(exist_ok=True)
            path.write_text("\n".join(made) + "\n", encoding="utf-8")
            return []
        accepted = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return _difference(name, accepted, made)

    async def _settled(self) -> Sheet:
        """The screen once it stays as it is: the screens below a dialog hear of a new size one by one."""
        width, height = self._app.size
        seen: Sheet | None = None
        async with asyncio.timeout(20):
            while True:
                self._app.frame()
                await self._pilot.pause()
                before, seen = seen, sheet(self._app)
                sized = all(screen.size == (width, height) for screen in self._app.screen_stack)
                if seen == before and sized and len(seen.text) == height:
                    return seen

    async def _at(self, size: str, themes: Sequence[str]) -> list[str]:
        lines: list[str] = []
        first: Sheet | None = None
        for theme in themes:
            self._app.theme = theme
            self._app.clear_notifications()
            seen = await self._settled()
            lines.append(f"== {size} {theme}")
            if first is None:
                first = seen
                lines += [*seen.text, "-- inks", *seen.letters]
            else:
                assert seen.text == first.text, "\n".join(difflib.unified_diff(first.text, seen.text, n=0))
                if seen.letters != first.letters:
                    lines += ["-- inks", *seen.letters]
            lines += ["-- colours", *(f"{_LETTERS[at]} {ink}" for at, ink in enumerate(seen.inks))]
        self._app.theme = NAMES[0]
        return lines


def _difference(name: str, accepted: Sequence[str], made: Sequence[str]) -> list[str]:
    if not accepted:
        return [f"there is no page {name}: run with --snapshot-update to accept the screens"]
    if list(accepted) == list(made):
        return []
    return [
        f"the screens of {name} changed:",
        *difflib.unified_diff(accepted, made, "accepted", "now", "", "", 0, ""),
    ]


def judge(complaints: Sequence[str]) -> None:
    """Fail with all complaints of a test together."""
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)
