"""Colours of the console: four themes of one set of names, and the ink that panes write with.

Every colour is a theme variable. Panes ask `Inks` for a pair (ink, ground); a stock Textual theme gets the
dark or the light set, whichever it is. No colour says anything that a character does not say too.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme

DARK = {
    # inks
    "text": "#c9d1de",
    "strong": "#f2f5fa",
    "muted": "#7d8798",
    "faint": "#454e5e",
    "focus": "#6cb2ff",
    "up": "#41c98e",
    "down": "#f2667a",
    "bid": "#41c98e",
    "ask": "#f2667a",
    "pending": "#e3b567",
    "unknown": "#d98cff",
    "stale": "#566072",
    "ok": "#41c98e",
    "caution": "#e3b567",
    "alarm": "#ff5f6e",
    "overlay": "#8a7be0",
    "on-badge": "#0a0d12",
    # grounds
    "gap": "#080a0e",
    "pane": "#0e1218",
    "head": "#161c26",
    "head-focus": "#1d2a3d",
    "bar": "#121821",
    "cursor": "#22324a",
    "cursor-idle": "#18212e",
    "zebra": "#10151c",
    "flash-up": "#164a37",
    "flash-down": "#55212b",
    "bid-bar": "#12362c",
    "ask-bar": "#3b1a22",
    "volume-up": "#1f5c47",
    "volume-down": "#6d2b37",
    "heat-up-1": "#11271f",
    "heat-up-2": "#153a2b",
    "heat-up-3": "#1b4d38",
    "heat-down-1": "#2b151c",
    "heat-down-2": "#421b25",
    "heat-down-3": "#5c2230",
    "paper": "#5fb3d9",
    "live": "#ff5f6e",
    "armed": "#e3b567",
}

LIGHT = {
    "text": "#2a3342",
    "strong": "#0b1220",
    "muted": "#687386",
    "faint": "#b3bbc8",
    "focus": "#1763c6",
    "up": "#0c7f53",
    "down": "#c22a43",
    "bid": "#0c7f53",
    "ask": "#c22a43",
    "pending": "#97660a",
    "unknown": "#8a3fb8",
    "stale": "#9aa4b3",
    "ok": "#0c7f53",
    "caution": "#97660a",
    "alarm": "#c81e35",
    "overlay": "#5b4bc4",
    "on-badge": "#ffffff",
    "gap": "#d9dee6",
    "pane": "#fbfcfd",
    "head": "#e9edf3",
    "head-focus": "#d3e2f7",
    "bar": "#eff2f6",
    "cursor": "#cfe0f7",
    "cursor-idle": "#e6ecf4",
    "zebra": "#f5f7fa",
    "flash-up": "#bfe9d4",
    "flash-down": "#f8cdd3",
    "bid-bar": "#d5efe2",
    "ask-bar": "#f9dde1",
    "volume-up": "#9fd9bf",
    "volume-down": "#efb0b9",
    "heat-up-1": "#e2f3ea",
    "heat-up-2": "#c8e9d8",
    "heat-up-3": "#aadcc3",
    "heat-down-1": "#fbe4e7",
    "heat-down-2": "#f7ccd2",
    "heat-down-3": "#f1b1ba",
    "paper": "#1d7fae",
    "live": "#c81e35",
    "armed": "#97660a",
}

_BLUE_ORANGE_DARK = {
    "up": "#58a9ff",
    "down": "#ffa04d",
    "bid": "#58a9ff",
    "ask": "#ffa04d",
    "ok": "#58a9ff",
    "caution": "#f5d76e",
    "pending": "#f5d76e",
    "focus": "#9ad1ff",
    "flash-up": "#173f6b",
    "flash-down": "#6b3c10",
    "bid-bar": "#132d4d",
    "ask-bar": "#48290d",
    "volume-up": "#22507f",
    "volume-down": "#80501c",
    "heat-up-1": "#10233b",
    "heat-up-2": "#14335a",
    "heat-up-3": "#1a4478",
    "heat-down-1": "#33200e",
    "heat-down-2": "#4d2f12",
    "heat-down-3": "#693f17",
}
_BLUE_ORANGE_LIGHT = {
    "up": "#0a5fc2",
    "down": "#b34a00",
    "bid": "#0a5fc2",
    "ask": "#b34a00",
    "ok": "#0a5fc2",
    "flash-up": "#c3dcfa",
    "flash-down": "#fbdcc0",
    "bid-bar": "#d8e8fb",
    "ask-bar": "#fce6d3",
    "volume-up": "#a9c9f2",
    "volume-down": "#f3c49b",
    "heat-up-1": "#e0ecfb",
    "heat-up-2": "#c8def8",
    "heat-up-3": "#adcdf4",
    "heat-down-1": "#fdebdc",
    "heat-down-2": "#fad9bc",
    "heat-down-3": "#f6c698",
}


def _theme(name: str, colours: Mapping[str, str], *, dark: bool) -> Theme:
    return Theme(
        name=name,
        primary=colours["focus"],
        secondary=colours["overlay"],
        accent=colours["focus"],
        warning=colours["caution"],
        error=colours["alarm"],
        success=colours["ok"],
        foreground=colours["text"],
        background=colours["gap"],
        surface=colours["pane"],
        panel=colours["head"],
        dark=dark,
        variables=dict(colours),
    )


THEMES = (
    _theme("midnight", DARK, dark=True),
    _theme("paper", LIGHT, dark=False),
    _theme("midnight-blue-orange", DARK | _BLUE_ORANGE_DARK, dark=True),
    _theme("paper-blue-orange", LIGHT | _BLUE_ORANGE_LIGHT, dark=False),
)
DEFAULT_THEME = THEMES[0].name


class Inks:
    """Rich styles by (ink, ground) name, made once per theme. An ink may be prefixed: `bold up`."""

    def __init__(self, colours: Mapping[str, str]) -> None:
        self._colours = colours
        self._styles: dict[tuple[str, str], Style] = {}

    def style(self, ink: str, ground: str) -> Style:
        """The style of this pair; raises `KeyError` for a name that no theme has."""
        style = self._styles.get((ink, ground))
        if style is None:
            weight, _, name = ink.rpartition(" ")
            style = Style(
                color=self._colours[name],
                bgcolor=self._colours[ground],
                bold="bold" in weight,
                italic="italic" in weight,
                underline="underline" in weight,
            )
            self._styles[ink, ground] = style
        return style
