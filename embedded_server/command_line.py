"""`tui-trader --server-only`: options in, a table or one JSON line out, exit code back. Logs on stderr."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from embedded_server import temporary_folders
from embedded_server.model.errors import ConfigurationError
from embedded_server.server import Server
from embedded_server.settings import ServerSettings, load_settings

BAD_CONFIGURATION = 2
STDIN = 0
FILES = 65_536
NOT_SETTINGS = ("config", "json", "exit_with_parent")


def run(options: Mapping[str, object]) -> int:
    """Run a server until SIGINT, SIGTERM or SIGHUP; returns the exit code.

    A SIGHUP that was ignored at the start (`nohup`) stays so.

    Options are those of `ServerSettings` by name, None where not given, `config` (a TOML file), `json` (one
    line on stdout instead of the table) and `exit_with_parent` (end when stdin closes).
    """
    try:
        if options.get("data") is not None and options.get("ephemeral"):
            raise ConfigurationError("choose one of --data and --ephemeral")
        config = options.get("config")
        settings = load_settings(
            {name: value for name, value in options.items() if name not in NOT_SETTINGS},
            file=None if config is None else Path(str(config)),
        )
        _log_to_stderr(settings.log_level)
        _raise_file_limit()
        asyncio.run(
            _serve(
                settings,
                announce=_announce_json if options.get("json") else _announce_table,
                exit_with_parent=bool(options.get("exit_with_parent")),
            )
        )
    except ConfigurationError as error:
        sys.stderr.write(f"tui-trader: {error}\n")
        return BAD_CONFIGURATION
    return 0


async def _serve(
    settings: ServerSettings, *, announce: Callable[[Server], None], exit_with_parent: bool
) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, ended.set)
    if exit_with_parent:
        _watch_stdin(ended)
    async with Server(settings) as server:
        gc.freeze()  # collecting first takes 40 ms of the start and finds nothing
        gc.enable()
        with contextlib.suppress(BrokenPipeError):
            announce(server)
        await asyncio.to_thread(temporary_folders.sweep)
        await ended.wait()


def _watch_stdin(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def readable() -> None:
        if not os.read(STDIN, 4096):
            loop.remove_reader(STDIN)
            ended.set()

    try:
        loop.add_reader(STDIN, readable)
    except OSError:
        raise ConfigurationError("--exit-with-parent needs a pipe or a terminal as stdin") from None


def _announce_json(server: Server) -> None:
    ready: dict[str, object] = {
        "ready": True,
        "endpoints": server.endpoints,
        "http": server.http,
        "credentials_file": str(server.credentials_file),
    }
    if server.settings.adopt:
        folder = server.folder
        ready |= {"account": folder.run, "resumed_at": folder.resumed_at, "notices": folder.notices}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


def _announce_table(server: Server) -> None:
    rows = [("endpoint", "websocket", "http")]
    rows += [(name, server.endpoints.get(name, "-"), http) for name, http in server.http.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"{name:{widths[0]}}  {url:{widths[1]}}  {http}" for name, url, http in rows]
    lines += ["", f"credentials  {server.credentials_file}", "Ctrl+C ends the server."]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _raise_file_limit() -> None:
    """Let sockets have the descriptors the system grants: the usual soft limit is below our caps."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if limit != resource.RLIM_INFINITY and limit < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("embedded_server").setLevel(level.upper())
