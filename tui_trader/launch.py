"""Composition root: server, links, screen. The only module that may import embedded_server, and late.

The server's process is started before Textual is imported, so that both start at the same time.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_trader.model.errors import LaunchError, SettingsError
from tui_trader.server_process import Announcement, ServerProcess
from tui_trader.settings import Settings, log_folder, state_folder

if TYPE_CHECKING:
    import asyncio

    from tui_trader.connection.intents import IntentFile
    from tui_trader.connection.links import LinkPlan, Links
    from tui_trader.model.events import Event
    from tui_trader.model.values import Severity
    from tui_trader.playback.player import Player

MARKET_FOLDER = "market"
"""Of the state folder: the embedded market's journals."""
INTENTS_FOLDER = "intents"
QUICK_END_SECONDS = 5.0
FIRST_PRICES_SECONDS = 0.3
"""Until the first prices are on the screen nothing else is loaded."""
QUICK_ENDS = 3
"""A server that ends this often within seconds of its start is not started again."""


class OwnServer:
    """The embedded server of one console: started, supervised, stopped."""

    def __init__(self, settings: Settings, log_file: Path) -> None:
        self._arguments = server_arguments(settings)
        self._speed = settings.speed
        self._log_file = log_file
        self._process = ServerProcess(self._arguments, log_file)
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the present run."""
        return self._process.pid

    def start(self) -> None:
        """Start the process and return at once."""
        self._process.start()

    async def connect(self, sink: Callable[[Event], None]) -> Links:
        """Wait for the server and start links to all its endpoints. Raises `LaunchError`."""
        import asyncio

        loading = asyncio.create_task(asyncio.to_thread(_load_links))
        announcement = await self._process.ready()
        await loading
        from tui_trader.connection.links import Links

        links = Links(plans(announcement, self._speed), sink, open_intents())
        _tell_of_account(links, announcement)
        links.start()
        self._supervisor = asyncio.create_task(self._supervise(links), name="server supervisor")
        return links

    def stop(self) -> None:
        """End the process."""
        self._process.stop()

    async def _supervise(self, links: Links) -> None:
        """Start the server again when it ends, and lead the links to it."""
        quick_ends = 0
        while quick_ends < QUICK_ENDS:
            started = time.monotonic()
            code = await self._process.exited()
            quick_ends = quick_ends + 1 if time.monotonic() - started < QUICK_END_SECONDS else 0
            _tell(links, f"the embedded server ended (exit code {code}) and is started again")
            try:
                await self._restart(links)
            except LaunchError as error:
                _tell(links, str(error))
        _tell(links, f"the embedded server keeps ending; see {self._log_file}")

    async def _restart(self, links: Links) -> None:
        import asyncio

        self._process = ServerProcess(self._arguments, self._log_file)
        self._process.start()
        try:
            announcement = await self._process.ready()
            _tell_of_account(links, announcement)
            links.repoint({plan.name: plan.endpoint for plan in plans(announcement)})
        except LaunchError:
            await asyncio.to_thread(self._process.stop)
            raise


def run_replay(settings: Settings, recording: Path) -> int:
    """Play a recording in the console; return the exit code. Raises `ConsoleError`."""
    from tui_trader.playback.player import Player

    player = Player(recording)
    settings = msgspec.structs.replace(settings, symbol=player.header.symbol, remember=False, connect=())
    return _run_app(settings, settings.log_file or log_folder() / "console.log", player.connect, player)


def run_console(settings: Settings) -> int:
    """Run the console until it is left; return the exit code. Raises `ConsoleError`."""
    log_file = settings.log_file or log_folder() / "console.log"
    if settings.connect:
        from tui_trader.backends import Backends

        return _run_app(settings, log_file, Backends(settings, open_intents).connect)
    server = OwnServer(settings, log_file.with_name("embedded-server.log"))
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
    try:
        log.set_up(log_file)
    except OSError as error:
        raise SettingsError(f"cannot write the log file: {error}; --log-file names another") from error
    from tui_trader.app import TraderApp
    from tui_trader.remembered import FILE_NAME, StateFile

    state = StateFile(state_folder() / FILE_NAME) if settings.remember else None
    clock = player.now if player is not None else time.monotonic
    app = TraderApp(settings, connect=_frozen_after(connect), state=state, clock=clock)
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
        gc.freeze()
        gc.enable()

    async def connected(sink: Callable[[Event], None]) -> Links | Player:
        nonlocal completing
        try:
            return await connect(sink)
        finally:
            completing = asyncio.create_task(complete(), name="later imports")

    return connected


def run_server(options: Mapping[str, object]) -> int:
    """Run the embedded server alone, in this process; return the exit code."""
    gc.disable()  # until it listens nothing is garbage, modules least of all: a tenth of the start
    from embedded_server.command_line import run

    return run(options)


def _load_links() -> None:
    """Import what links need while the server starts; in a thread, so that the screen keeps its turn."""
    for module in ("websockets.asyncio.client", "tui_trader.connection.links"):
        importlib.import_module(module)


def _load_dialogs() -> None:
    """Import what a first key may open, so that it opens without a pause."""
    import pkgutil

    from tui_trader import dialogs

    for module in pkgutil.iter_modules(dialogs.__path__, f"{dialogs.__name__}."):
        importlib.import_module(module.name)
    importlib.import_module("tui_trader.palette")
    importlib.import_module("tui_trader.workspaces.files")


def verify_journal(folder: Path, *, full: bool) -> int:
    """Check the journal in a folder, on stdout; return the exit code. Raises `ConsoleError`."""
    import sys

    from embedded_server.journal import commands

    with _server_errors():
        return commands.verify(folder, sys.stdout.write, from_the_start=full)


def export_journal(folder: Path) -> int:
    """Write the journal in a folder to stdout as JSON lines; return the exit code. Raises `ConsoleError`."""
    import sys

    from embedded_server.journal import commands

    with _server_errors():
        return commands.export(folder, sys.stdout.write)


@contextlib.contextmanager
def _server_errors() -> Iterator[None]:
    from embedded_server.model.errors import ConfigurationError

    try:
        yield
    except ConfigurationError as error:
        raise LaunchError(str(error)) from None


def server_arguments(settings: Settings) -> list[str]:
    """Give the options that the settings mean for the embedded server."""
    arguments = ["--speed", f"{settings.speed:g}"]
    if settings.seed is not None:
        arguments += ["--seed", str(settings.seed)]
    if settings.ephemeral:
        return [*arguments, "--ephemeral"]
    return [*arguments, "--data", str(state_folder() / MARKET_FOLDER), "--adopt"]


def open_intents() -> IntentFile:
    """Open the file that orders are kept in before they are sent. Raises `SettingsError`."""
    import os

    from tui_trader.connection.intents import IntentFile

    folder = state_folder() / INTENTS_FOLDER
    try:
        return IntentFile(folder, f"{os.getpid()}-{time.time_ns()}")
    except OSError as error:
        raise SettingsError(
            f"cannot keep orders in {folder} before they are sent: {error.strerror or error}"
        ) from error


def plans(announcement: Announcement, speed: float = 1.0) -> list[LinkPlan]:
    """Plan a PAPER link, named after its endpoint, for every endpoint that is known. Raises `LaunchError`."""
    from tui_trader.connection.links import LinkPlan
    from tui_trader.protocols.codec import Endpoint
    from tui_trader.protocols.registry import PROTOCOLS

    credentials = _credentials(announcement.credentials_file)
    made = []
    for name, url in announcement.endpoints.items():
        if name in PROTOCOLS:
            endpoint = Endpoint(url, announcement.http.get(name, ""), credentials.get(name, {}))
            account = f"paper {name} {announcement.account}" if announcement.account else ""
            made.append(LinkPlan(name, name, endpoint, paper=True, account=account, speed=speed))
    return made


def _credentials(file: str) -> dict[str, dict[str, str]]:
    if not file:
        return {}
    try:
        return msgspec.json.decode(Path(file).read_bytes(), type=dict[str, dict[str, str]])
    except (OSError, msgspec.MsgspecError):
        raise LaunchError(f"cannot read the embedded server's credentials from {file}") from None


def _tell_of_account(links: Links, announcement: Announcement) -> None:
    """Say whether the paper account goes on, and what kept it from that."""
    from tui_trader.formatting.times import moment
    from tui_trader.model.values import Severity

    for text in announcement.notices:
        _tell(links, text, Severity.WARNING)
    if announcement.resumed_at is not None:
        at = moment(announcement.resumed_at // 1_000_000)
        _tell(
            links, f"the paper account goes on where it stood, at {at:%Y-%m-%d %H:%M:%S} UTC", Severity.INFO
        )


def _tell(links: Links, text: str, severity: Severity | None = None) -> None:
    from tui_trader.model.events import NoticeReceived
    from tui_trader.model.values import Severity
    from tui_trader.protocols.sanitising import PARAGRAPH, clean

    with contextlib.suppress(Exception):  # the screen may be going down
        links.tell(NoticeReceived("", severity or Severity.CRITICAL, clean(text, PARAGRAPH), "SERVER"))
