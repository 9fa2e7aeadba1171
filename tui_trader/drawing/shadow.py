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

Look = tuple[str, str]
"""SGR parameters, and the address of a link."""
Cell = tuple[str, Look]
"""A character with its look; of a wide character the right half is an empty text."""

GAP = 6
"""Equal cells between two changes that are cheaper to write again than to jump over."""
MAX_LOOKS = 4_096
_PLAIN: Look = ("", "")
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
        """Give what is to be written, once."""
        text = "".join(self._output)
        self._output.clear()
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
        append(f"\x1b[{y + 1};{first + 1}H")
        look: Look | None = None
        for text, own in row[first : last + 1]:
            if own is not look:
                append(_closing(look) + _opening(own))
                look = own
            append(text)
        append(_closing(look))

    def _cells(self, style: Style | None) -> _Cells:
        if len(self._styles) > MAX_LOOKS:
            self._styles.clear()  # styles with meta of their own: as many as there were lines of text
        look = _PLAIN if style is None else (Strip.render_ansi(style, self._colors), style.link or "")
        if look not in self._looks and len(self._looks) > MAX_LOOKS:
            self._looks.clear()
            self.forget()
        cells = self._looks.get(look) or self._looks.setdefault(look, _Cells(look))
        self._styles[style] = cells
        return cells


def _opening(look: Look) -> str:
    codes, link = look
    return (f"\x1b]8;;{link}\x1b\\" if link else "") + (f"\x1b[{codes}m" if codes else "")


def _closing(look: Look | None) -> str:
    if look is None:
        return ""
    codes, link = look
    return ("\x1b[0m" if codes else "") + ("\x1b]8;;\x1b\\" if link else "")


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
