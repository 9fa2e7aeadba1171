"""The embedded server of one console, and links to all that it serves: started, supervised, stopped."""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_trader.model.errors import LaunchError
from tui_trader.server_process import Announcement, ServerProcess
from tui_trader.settings import Settings, state_folder

if TYPE_CHECKING:
    import asyncio

    from tui_trader.connection.intents import IntentFile
    from tui_trader.connection.links import LinkPlan, Links
    from tui_trader.model.events import Event
    from tui_trader.model.values import Severity

MARKET_FOLDER = "market"
"""Of the state folder: the embedded market's journals."""
QUICK_END_SECONDS = 5.0
QUICK_ENDS = 3
"""A server that ends this often within seconds of its start is not started again."""


class OwnServer:
    """The embedded server of one console."""

    def __init__(
        self, settings: Settings, log_file: Path, intents: Callable[[], IntentFile] | None = None
    ) -> None:
        self._arguments = server_arguments(settings)
        self._speed = settings.speed
        self._log_file = log_file
        self._intents = intents
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

        links = Links(plans(announcement, self._speed), sink, self._intents() if self._intents else None)
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
            with contextlib.suppress(LaunchError):  # it could not be started: that was told
                code = await self._process.exited()
                _tell(links, f"the embedded server ended (exit code {code}) and is started again")
            quick_ends = quick_ends + 1 if time.monotonic() - started < QUICK_END_SECONDS else 0
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
            links.repoint(plans(announcement))
        except LaunchError:
            await asyncio.to_thread(self._process.stop)
            raise


def server_arguments(settings: Settings) -> list[str]:
    """Give the options that the settings mean for the embedded server."""
    arguments = ["--speed", f"{settings.speed:g}"]
    if settings.seed is not None:
        arguments += ["--seed", str(settings.seed)]
    if settings.ephemeral:
        return [*arguments, "--ephemeral"]
    return [*arguments, "--data", str(state_folder() / MARKET_FOLDER), "--adopt"]


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


def _load_links() -> None:
    """Import what links need while the server starts; in a thread, so that the screen keeps its turn."""
    for module in ("websockets.asyncio.client", "tui_trader.connection.links"):
        importlib.import_module(module)
