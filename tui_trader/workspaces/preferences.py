"""The settings file from within the program: what is set, and the user's own editor to change it."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from typing import TYPE_CHECKING

import msgspec
from textual.app import SuspendNotSupported

from tui_trader.drawing.terminal import PaintedApp
from tui_trader.model.errors import SettingsError
from tui_trader.settings import Settings, load, used_file
from tui_trader.settings_example import EXAMPLE

if TYPE_CHECKING:
    from textual.app import App


def facts(settings: Settings) -> list[tuple[str, str]]:
    """What is set and differs from what the program has by itself, as (name, value)."""
    plain = Settings()
    told = []
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        if value == getattr(plain, field.name):
            continue
        told.append((field.name, _words(value)))
    return told or [("set", "nothing: every setting is the program's own")]


def _words(value: object) -> str:
    """A setting as the file has it, tables and lists by their names."""
    if isinstance(value, dict | tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


async def edit(app: App[None]) -> str:
    """Open the file in `$VISUAL` or `$EDITOR`; return what is wrong, or that it can be read.

    The links go on meanwhile: what they tell is there when the editor is left.
    """
    assert isinstance(app, PaintedApp)
    file = used_file()
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        return "No editor is named: set VISUAL or EDITOR, or open the file in another window."
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(EXAMPLE, encoding="utf-8")
        with app.lend_terminal():
            await asyncio.to_thread(subprocess.run, [*shlex.split(editor), str(file)], check=False)
        load(file)
    except (OSError, ValueError, SuspendNotSupported) as error:  # a quote left open in EDITOR is the second
        return f"It could not be opened: {error}"
    except SettingsError as error:
        return str(error)
    return "Read without a complaint; it counts from the next start."
