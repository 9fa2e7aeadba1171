"""The console's settings, typed: file, environment, flags. What is wrong is one sentence with its key."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from tui_trader.model.errors import SettingsError

T = TypeVar("T")
FOLDER = "tui-trader-console"
"""Name of the folders in the platform's places; another program calls its own `tui-trader`."""
PREFIX = "TUI_TRADER_"
FILE_NAME = "settings.toml"
ENVIRONMENT = ("theme", "symbol", "seed", "speed", "log_file")
"""Settings that `TUI_TRADER_<NAME>` may give."""


class LinkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[links.<name>]`: a backend of one's own. `credentials` are as in the server's credentials file."""

    protocol: str
    url: str
    http: str = ""
    credentials: dict[str, str] = {}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. Without links the console starts its own embedded server."""

    theme: str = ""
    """Name of a theme; empty for the console's own."""
    symbol: str = ""
    """Instrument to look at first."""
    seed: int | None = None
    """Seed of the embedded market; None leaves it to the server."""
    speed: float = 1.0
    """Times real time, of the embedded market."""
    log_file: Path | None = None
    links: dict[str, LinkSettings] = {}


def settings_file() -> Path:
    """Return where the settings file is looked for."""
    import platformdirs

    return Path(platformdirs.user_config_path(FOLDER, appauthor=False)) / FILE_NAME


def log_folder() -> Path:
    """Return the platform's log folder for this program."""
    import platformdirs

    return Path(platformdirs.user_log_path(FOLDER, appauthor=False))


def load(
    file: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Settings:
    """Read the settings; a flag that is None was not given.

    Raises `SettingsError`: a named file is missing, or something in it cannot be used.
    """
    environment = os.environ if environment is None else environment
    if file is None and (named := environment.get(PREFIX + "CONFIG")):
        file = Path(named)
    raw = _read(file or settings_file(), required=file is not None)
    source = str(file or settings_file())
    sources: dict[str, str] = {}
    for name in ENVIRONMENT:
        variable = PREFIX + name.upper()
        if (value := environment.get(variable)) is not None:
            raw[name] = _convert(value, _TYPES[name], variable, strict=False)
            sources[name] = variable
    for name, flag in (flags or {}).items():
        if flag is not None:
            raw[name] = flag
            sources[name] = f"--{name.replace('_', '-')}"
    settings = _settings(raw, source)
    if not 0 < settings.speed <= MAX_SPEED:
        where = sources.get("speed", f"{source}: speed")
        raise SettingsError(f"{where}: must be more than 0 and at most {MAX_SPEED:g}")
    return settings


def _read(file: Path, *, required: bool) -> dict[str, object]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise SettingsError(f"there is no settings file {file}") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the settings file {file}: {error}") from error
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {error}") from error


def _settings(raw: dict[str, object], source: str) -> Settings:
    links = raw.pop("links", {})
    if not isinstance(links, dict):
        raise SettingsError(f"{source}: links: expected tables such as [links.broker]")
    sections = {name: _link(section, f"{source}: links.{name}") for name, section in links.items()}
    settings = _convert({**raw, "links": {}}, Settings, source)
    return msgspec.structs.replace(settings, links=sections)


def _link(raw: object, where: str) -> LinkSettings:
    link = _convert(raw, LinkSettings, where)
    if not _is_address(link.url, {"ws", "wss"}):
        raise SettingsError(f"{where}.url: must be a WebSocket address such as ws://127.0.0.1:8080/ws")
    if link.http and not _is_address(link.http, {"http", "https"}):
        raise SettingsError(f"{where}.http: must be an HTTP address such as http://127.0.0.1:8070")
    return link


def _is_address(text: str, schemes: Collection[str]) -> bool:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port out of range, a bracket too many
        return False


def _convert(value: object, kind: type[T], where: str, *, strict: bool = True) -> T:
    try:
        return msgspec.convert(value, kind, strict=strict, dec_hook=_path)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).replace("`", "").partition(" - at ")
        key = path.removeprefix("$").lstrip(".")
        what = problem[:1].lower() + problem[1:]
        raise SettingsError(f"{where}: {key + ': ' if key else ''}{what}") from None


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value).expanduser()
    raise ValueError(f"expected text, got {type(value).__name__}")


MAX_SPEED = 1_000.0
_TYPES: dict[str, type] = {"theme": str, "symbol": str, "seed": int, "speed": float, "log_file": Path}
