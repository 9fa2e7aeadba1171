"""The help on a small screen: what is at hand first, the rest by section or by word."""

from __future__ import annotations

import re

from tui_trader.workspaces.lines import HintLine


def rows(it: object) -> list[str]:
    """The help's lines, without the board around it."""
    return [line[2:78].rstrip() for line in it.screen.splitlines()[1:23]]


async def test_the_keys_of_the_pane_one_came_from_are_first_and_sections_follow(stage) -> None:
    async with stage(80, 24) as it:
        await it.go("orders")
        await it.press("question_mark")
        assert rows(it)[1].split() == ["Orders", "where", "you", "are"]
        shown, total = map(int, rows(it)[0].split("–")[1].split(" of "))
        assert f"{total - shown} more below" in rows(it)[-1]
        await it.press("tab")
        assert rows(it)[1].split() == ["In", "lists"]
        await it.press("tab")
        assert rows(it)[1].split() == ["Everywhere"]
        await it.press("shift+tab", "shift+tab")
        assert rows(it)[1].split()[0] == "Orders"
        await it.press("G")
        assert "explains a verb" in it.screen and "more below" not in it.screen


async def test_words_find_keys_and_commands_and_escape_shows_all_again(stage) -> None:
    async with stage(80, 24) as it:
        await it.press("question_mark", "slash")
        await it.type("cancel qq")
        assert "nothing has 'cancel qq' in it" in it.screen, "what types a letter elsewhere is a letter"
        await it.press("backspace", "backspace", "backspace")
        found = [line for line in rows(it)[1:-2] if line.strip()]
        assert any("Cancel own orders at the price" in line for line in found)
        assert any("cancel working orders" in line for line in found)
        assert not any("zoom" in line or "RSI" in line for line in found)
        await it.press("enter")
        assert "/cancel" in rows(it)[0]
        await it.press("escape")
        assert "of" in rows(it)[0] and "/cancel" not in it.screen
        await it.press("escape")
        assert "Keys and commands" not in it.screen


async def test_keys_that_are_dead_until_the_pane_is_armed_are_told_so_here_and_at_the_foot(stage) -> None:
    async with stage(200, 60) as it:
        await it.go("positions")

        def inks() -> dict[str, str]:
            """Keys at the foot of the screen, and the ink of each."""
            ((_, cells),) = it.app.query_one(HintLine)._lines
            return {text: ink for text, ink, _ in cells}

        dead = ("x", "2 5 7", "⇧↑↓")
        assert [inks()[key] for key in dead] == ["faint"] * 3
        await it.press("enter")
        assert [inks()[key] for key in dead] == ["bold armed"] * 3
        await it.press("question_mark", "slash")
        await it.type("once armed")
        for text in ("Close 25% of it", "Move its protection up", "Move its price down by a tick"):
            assert re.search(rf"{text} +once armed", it.screen), text


async def test_how_much_is_left_is_told_at_any_width(stage) -> None:
    for width in (44, 60, 80):
        async with stage(width, 20) as it:
            await it.press("question_mark")
            assert re.search(r"Esc close +\d+ more below", it.screen), it.screen
