"""Without hue (NO_COLOR, colour blindness) brightness alone must tell ink from ground, in every theme."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui_trader.themes import THEMES

READ = (
    "text",
    "strong",
    "muted",
    "focus",
    "up",
    "down",
    "bid",
    "ask",
    "pending",
    "unknown",
    "ok",
    "caution",
    "alarm",
)
GROUNDS = ("pane", "head", "bar", "cursor-idle", "zebra")
BADGES = ("paper", "live", "armed")


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours' brightness, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in Color.parse(colour).rgb)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_must_be_read_stands_out_from_its_ground(theme) -> None:
    colours = theme.variables
    faint = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink in READ
        for ground in GROUNDS
        if contrast(colours[ink], colours[ground]) < 3.0
    }
    assert faint == {}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_warm_figure_is_read_and_warmth_rises_step_by_step(theme) -> None:
    colours = theme.variables
    for way in ("up", "down"):
        grounds = [colours["pane"], *(colours[f"heat-{way}-{step}"] for step in (1, 2, 3))]
        away = [contrast(colours["pane"], ground) for ground in grounds]
        assert away == sorted(set(away)), "each step stands out more than the one before"
        assert all(contrast(colours[way], ground) >= 3.0 for ground in grounds)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_badges_are_read_by_brightness(theme) -> None:
    colours = theme.variables
    assert all(contrast(colours["on-badge"], colours[badge]) >= 4.0 for badge in BADGES)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_cursor_and_the_focused_title_stand_out(theme) -> None:
    colours = theme.variables
    assert contrast(colours["cursor"], colours["pane"]) >= 1.25
    assert contrast(colours["strong"], colours["cursor"]) >= 4.5
