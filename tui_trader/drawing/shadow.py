"""What the terminal shows, cell by cell: only cells that differ are written. Segments in, sequences out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import compress, count
from operator import is_not

from rich.cells import get_character_cell_size, split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Look = tuple[str, str, str, str]
"""SGR parameters of weight, ink and ground, and the address of a link."""
Cell = tuple[str, Look]
"""A character with its look; of a wide character the right half is an empty text."""

GAP = 6
"""Equal cells between two changes that are cheaper to write again than to jump over."""
MAX_LOOKS = 4_096
_PLAIN: Look = ("", "", "", "")
_UNKNOWN: Cell = ("\0", _PLAIN)


class _Cells(dict[str, Cell]):
    """The one cell of each character in one look: equal cells are the same object, and cheap to compare."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, character: str) -> Cell:
        cell = self[character] = (character, self._look)
        return cell


class Shadow:
    """A terminal of a size. `put` what is to be seen; `take` the sequences that make it so."""

    def __init__(self, width: int, height: int, color_system: ColorSystem) -> None:
        self.width = width
        self.height = height
        self._colors = color_system
        self._rows: list[list[Cell]] = [[_UNKNOWN] * width for _ in range(height)]
        self._output: list[str] = []
        self._look, self._line = _PLAIN, -1
        """What the terminal is left with by the output so far."""
        self._looks: dict[Look, _Cells] = {}
        self._styles: dict[Style | None, _Cells] = {}

    def put(self, x: int, y: int, segments: Iterable[Segment]) -> int:
        """Show segments from a place on; returns the column after them."""
        new: list[Cell] = []
        for text, style, control in segments:
            if not control:
                cells = self._styles.get(style) or self._cells(style)
                new.extend(map(cells.__getitem__, text if text.isascii() else _characters(text)))
        end = x + len(new)
        if 0 <= y < self.height and x < self.width:
            self._compare(x, y, new[: self.width - x])
        return end

    def take(self) -> str:
        """Give what is to be written, once; after it the terminal writes plain text again."""
        text = "".join(self._output) + _change(self._look, _PLAIN)
        self._output.clear()
        self._look, self._line = _PLAIN, -1
        return text

    def forget(self) -> None:
        """Know nothing of the terminal any more: something else may have written to it."""
        self._rows = [[_UNKNOWN] * self.width for _ in range(self.height)]

    def text(self) -> list[str]:
        """The rows as text."""
        return ["".join(cell[0] for cell in row) for row in self._rows]

    def _compare(self, x: int, y: int, new: list[Cell]) -> None:
        row = self._rows[y]
        end = x + len(new)
        old = row[x:end]
        changed = list(compress(count(x), map(is_not, new, old)))
        if not changed:
            return
        row[x:end] = new
        if x and not old[0][0]:  # the left half of a wide character is gone with its right half
            row[x - 1] = _space(row[x - 1])
            changed.insert(0, x - 1)
        if end < self.width and not row[end][0]:
            row[end] = _space(row[end])
            changed.append(end)
        start = last = changed[0]
        for column in changed:
            if column > last + GAP:
                self._write(y, start, last)
                start = column
            last = column
        self._write(y, start, last)

    def _write(self, y: int, first: int, last: int) -> None:
        row = self._rows[y]
        while first and not row[first][0]:
            first -= 1
        append = self._output.append
        append(f"\x1b[{first + 1}G" if y == self._line else f"\x1b[{y + 1};{first + 1}H")
        look = self._look
        for text, own in row[first : last + 1]:
            if own is not look:
                append(_change(look, own))
                look = own
            append(text)
        self._look, self._line = look, y

    def _cells(self, style: Style | None) -> _Cells:
        if len(self._styles) > MAX_LOOKS:
            self._styles.clear()  # styles with meta of their own: as many as there were lines of text
        look = _PLAIN if style is None else _look(style, self._colors)
        if look not in self._looks and len(self._looks) > MAX_LOOKS:
            self._looks.clear()
            self.forget()
        cells = self._looks.get(look) or self._looks.setdefault(look, _Cells(look))
        self._styles[style] = cells
        return cells


def _look(style: Style, colors: ColorSystem) -> Look:
    ink, ground = style.color, style.bgcolor
    return (
        Strip.render_ansi(style.without_color, colors),
        ";".join(ink.downgrade(colors).get_ansi_codes()) if ink else "",
        ";".join(ground.downgrade(colors).get_ansi_codes(foreground=False)) if ground else "",
        style.link or "",
    )


@lru_cache(8_192)
def _change(before: Look, after: Look) -> str:
    """The shortest way from one look to another: often only the ink differs."""
    link = "" if before[3] == after[3] else f"\x1b]8;;{after[3]}\x1b\\"
    afresh = before[0] != after[0] or any(old and not new for old, new in zip(before, after, strict=True))
    was = _PLAIN if afresh else before
    codes = [new for old, new in zip(was[:3], after[:3], strict=True) if new != old]
    sequence = ";".join(["0", *codes] if afresh else codes)
    return link + (f"\x1b[{sequence}m" if sequence else "")


def _space(cell: Cell) -> Cell:
    return (" ", cell[1])


@lru_cache(2_048)
def _characters(text: str) -> Iterable[str]:
    """A text cell by cell."""
    if all(get_character_cell_size(character) == 1 for character in set(text)):
        return text
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        cells += [text[start:end], *([""] * (width - 1))] if width else []
    return tuple(cells)
