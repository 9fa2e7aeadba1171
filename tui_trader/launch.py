"""Composition root: server, links, screen. The only module that may import embedded_server, and late.

The server's process is started before Textual is imported, so that both start at the same time.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_trader import terminal_conditions
from tui_trader.model.errors import LaunchError, SettingsError
from tui_trader.own_server import OwnServer
from tui_trader.settings import Settings, log_folder, state_folder

if TYPE_CHECKING:
    from tui_trader.connection.intents import IntentFile
    from tui_trader.connection.links import Links
    from tui_trader.model.events import Event
    from tui_trader.playback.player import Player

INTENTS_FOLDER = "intents"
FIRST_PRICES_SECONDS = 0.3
"""Until the first prices are on the screen nothing else is loaded."""


def run_replay(settings: Settings, recording: Path) -> int:
    """Play a recording in the console; return the exit code. Raises `ConsoleError`."""
    from tui_trader.playback.player import Player

    player = Player(recording)
    terminal_conditions.check(os.environ)
    settings = msgspec.structs.replace(settings, symbol=player.header.symbol, remember=False, connect=())
    return _run_app(settings, settings.log_file or log_folder() / "console.log", player.connect, player)


def run_console(settings: Settings) -> int:
    """Run the console until it is left; return the exit code. Raises `ConsoleError`."""
    log_file = settings.log_file or log_folder() / "console.log"
    if settings.connect:
        from tui_trader.backends import Backends

        backends = Backends(settings, open_intents)
        terminal_conditions.check(os.environ)
        return _run_app(settings, log_file, backends.connect)
    terminal_conditions.check(os.environ)
    server = OwnServer(settings, log_file.with_name("embedded-server.log"), open_intents)
    try:
        server.start()
        return _run_app(settings, log_file, server.connect)
    finally:
        server.stop()


def _run_app(
    settings: Settings,
    log_file: Path,
    connect: Callable[[Callable[[Event], None]], Awaitable[Links | Player]],
    player: Player | None = None,
) -> int:
    from tui_trader import crash, log

    crash.install()
    gc.disable()  # nothing of what is made until the links are there is garbage: 6 to 10 % of the start
    log.set_up(log_file)
    from tui_trader.app import TraderApp
    from tui_trader.remembered import FILE_NAME, StateFile

    state = StateFile(state_folder() / FILE_NAME) if settings.remember else None
    clock = player.now if player is not None else time.monotonic
    app = TraderApp(settings, connect=_frozen_after(connect), state=state, clock=clock)
    if settings.theme and settings.theme not in app.available_themes:
        known = ", ".join(sorted(app.available_themes))
        raise SettingsError(f"there is no theme {settings.theme!r}; known are: {known}")
    if player is not None:
        app.desk.player = player
        app.store.selection.choose(timeframe=player.timeframe)
    app.run()
    return app.return_code or 0


def _frozen_after(
    connect: Callable[[Callable[[Event], None]], Awaitable[Links | Player]],
) -> Callable[[Callable[[Event], None]], Awaitable[Links | Player]]:
    """Connect, then load what is not on the first screen.

    From then on only what came later is collected: modules, styles and panes stay anyway.
    """
    import asyncio

    completing: asyncio.Task[None] | None = None

    async def complete() -> None:
        await asyncio.sleep(FIRST_PRICES_SECONDS)
        await asyncio.to_thread(_load_dialogs)
        spare_what_stays()
        gc.enable()

    async def connected(sink: Callable[[Event], None]) -> Links | Player:
        nonlocal completing
        try:
            return await connect(sink)
        finally:
            completing = asyncio.create_task(complete(), name="later imports")

    return connected


def spare_what_stays() -> None:
    """Collect only what comes from now on, and less often: a burst of messages is not garbage either."""
    gc.freeze()
    gc.set_threshold(5_000, 10, 20)


def _load_dialogs() -> None:
    """Import what a first key may open, so that it opens without a pause."""
    import pkgutil

    from tui_trader import dialogs

    for module in pkgutil.iter_modules(dialogs.__path__, f"{dialogs.__name__}."):
        importlib.import_module(module.name)
    importlib.import_module("tui_trader.palette")
    importlib.import_module("tui_trader.workspaces.files")


def run_server(options: Mapping[str, object]) -> int:
    """Run the embedded server alone, in this process; return the exit code."""
    gc.disable()  # until it listens nothing is garbage, modules least of all: a tenth of the start
    from embedded_server.command_line import run

    return run(options)


def verify_journal(folder: Path, *, full: bool) -> int:
    """Check the journal in a folder, on stdout; return the exit code. Raises `ConsoleError`."""
    from embedded_server.journal import commands

    with _server_errors():
        return commands.verify(folder, _output(), from_the_start=full)


def export_journal(folder: Path) -> int:
    """Write the journal in a folder to stdout as JSON lines; return the exit code. Raises `ConsoleError`."""
    from embedded_server.journal import commands

    with _server_errors():
        return commands.export(folder, _output())


def _output() -> Callable[[str], object]:
    if sys.stdout is None:  # as it is where it was closed
        raise LaunchError("there is nowhere to write to: stdout is closed")
    return sys.stdout.write


@contextlib.contextmanager
def _server_errors() -> Iterator[None]:
    from embedded_server.model.errors import ConfigurationError

    try:
        yield
    except ConfigurationError as error:
        raise LaunchError(str(error)) from None


def open_intents() -> IntentFile:
    """Open the file that orders are kept in before they are sent. Raises `SettingsError`."""
    from tui_trader.connection.intents import IntentFile

    folder = state_folder() / INTENTS_FOLDER
    try:
        return IntentFile(folder, f"{os.getpid()}-{time.time_ns()}")
    except OSError as error:
        what = f"cannot keep orders in {folder} before they are sent: {error.strerror or error}"
        raise SettingsError(f"{what}; make that folder writable, or set XDG_STATE_HOME") from error
