"""A screen as SVG, PNG and text. Braille is drawn as dots, because no font at hand has it."""

from __future__ import annotations

import html
import re
from pathlib import Path

from textual.app import App

_TEXT = re.compile(
    r'<text class="(?P<class>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" '
    r'textLength="[\d.]+"[^>]*>(?P<text>[^<]*)</text>'
)
_CELL = 12.2
_LINE = 24.4
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))


def svg_of(app: App[None], title: str = "tui-trader") -> str:
    """The screen as SVG, the same for the same screen: the random id in its class names is taken out."""
    text = app.export_screenshot(title=title, simplify=True)
    return re.sub(r"terminal-\d+", "terminal", text)


def text_of(app: App[None]) -> str:
    """The screen as plain lines."""
    width, height = app.size
    lines = [[" "] * width for _ in range(height)]
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        lines[y] = list(strip.text)
    return "\n".join("".join(line).rstrip() for line in lines)


def lines_of(svg: str) -> list[str]:
    """The text of a screen that was saved as SVG, line by line."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for match in _TEXT.finditer(svg):
        text = html.unescape(match["text"]).replace("\xa0", " ")
        rows.setdefault(float(match["y"]), []).append((float(match["x"]), text))
    lines = []
    for _, parts in sorted(rows.items()):
        line = ""
        for x, text in sorted(parts):
            line = line.ljust(round(x / _CELL)) + text
        lines.append(line.rstrip())
    return lines


def with_dots(svg: str) -> str:
    """Replace braille characters by circles of the same colour."""
    colours = dict(re.findall(r"\.(terminal-r\d+) \{ fill: (#[0-9a-f]+)", svg))

    def replace(match: re.Match[str]) -> str:
        text = html.unescape(match["text"])
        if not any(0x2800 < ord(c) <= 0x28FF for c in text):
            return match[0]
        x, y = float(match["x"]), float(match["y"])
        colour = colours.get(match["class"], "#888888")
        circles = []
        for place, character in enumerate(text):
            bits = ord(character) - 0x2800
            if not 0 < bits <= 0xFF:
                continue
            for bit, (column, row) in enumerate(_DOTS):
                if bits >> bit & 1:
                    cx = x + place * _CELL + 3.2 + column * 5.6
                    cy = y - 16 + row * 6.0
                    circles.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="2.1" fill="{colour}"/>')
        kept = "".join(" " if 0x2800 <= ord(c) <= 0x28FF else c for c in text)
        tag = match[0].replace(f">{match['text']}<", f">{html.escape(kept)}<")
        return tag + "".join(circles)

    return _TEXT.sub(replace, svg)


def save_png(svg: str, path: Path, zoom: int = 1) -> None:
    """Rasterise with the fonts of the machine."""
    import resvg_py

    path.write_bytes(
        bytes(resvg_py.svg_to_bytes(svg_string=with_dots(svg), font_family="Fira Code", zoom=zoom))
    )
