"""Files made from the running console: pictures of the screen, and exports written in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tui_trader.commands.records import file_name
from tui_trader.export_folder import save
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity

if TYPE_CHECKING:
    from textual.app import App

    from tui_trader.desk import Desk


def save_screen(app: App[None], desk: Desk, name: str = "") -> Path:
    """Save the screen as SVG and return where.

    Nothing secret is ever drawn; values that are known to be secret are taken out all the same. Raises
    `CommandError`.
    """
    svg = app.export_screenshot(title="tui-trader")
    wires = desk.wires
    for tap in [] if wires is None else [wires.tap(link) for link in wires.names]:
        svg = tap.redactor.known(svg)
    return save(name or file_name("", "screen", "svg"), svg.encode())


def do_aside(app: App[None], work: Callable[[], str], report: Callable[[str, Severity], None]) -> None:
    """Work in a thread; report its sentence, or why there is none."""

    async def run() -> None:
        try:
            text, severity = await asyncio.to_thread(work), Severity.INFO
        except CommandError as error:
            text, severity = str(error), Severity.ERROR
        report(text, severity)

    app.run_worker(run(), name="aside", exit_on_error=False)
