"""The console's settings, typed: file, environment, flags. What is wrong is a sentence with line and key."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from tui_trader.link_settings import LinkSettings, ProfileSettings, check
from tui_trader.model.errors import SettingsError
from tui_trader.settings_reading import Source, explained, read, to_path

FOLDER = "tui-trader-console"
"""Name of the folders in the platform's places; another program calls its own `tui-trader`."""
PREFIX = "TUI_TRADER_"
FILE_NAME = "settings.toml"
ENVIRONMENT = (
    "theme",
    "symbol",
    "seed",
    "speed",
    "log_file",
    "connect",
    "notify",
    "bell",
    "frame_rate",
    "remember",
    "ephemeral",
)
"""Settings that `TUI_TRADER_<NAME>` may give."""
MAX_SPEED = 1_000.0


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. Without `connect` the console starts its own embedded server."""

    theme: str = ""
    """Name of a theme; empty for the one remembered, or the console's own."""
    symbol: str = ""
    """Instrument to look at first."""
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None
    """Seed of the embedded market; None leaves it to the server."""
    speed: float = 1.0
    """Times real time, of the embedded market."""
    ephemeral: bool = False
    """Whether the embedded market's accounts end with the console instead of being there next time."""
    log_file: Path | None = None
    connect: tuple[str, ...] = ()
    """Links or profiles to connect instead of the embedded server."""
    live: bool = False
    """Whether live links may be traded on at all; a flag only, never in the file."""
    notify: Literal["auto", "off", "osc9", "osc777"] = "auto"
    """How an alert is told to the desktop."""
    bell: bool = True
    """Whether an alert rings the terminal's bell."""
    frame_rate: Annotated[int, msgspec.Meta(ge=1, le=60)] | None = None
    """Frames a second at most; None: 30, and 10 over SSH."""
    remember: bool = True
    """Whether lists, layout, alerts and theme are remembered."""
    keys: dict[str, str] = {}
    """Keys by the id of what they do."""
    links: dict[str, LinkSettings] = {}
    profiles: dict[str, ProfileSettings] = {}

    def connected(self) -> dict[str, LinkSettings]:
        """The links that `connect` names, itself or by a profile. Raises `SettingsError`."""
        names: dict[str, None] = {}
        for name in self.connect:
            if name in self.profiles:
                names.update(dict.fromkeys(self.profiles[name].links))
            elif name in self.links:
                names[name] = None
            else:
                known = ", ".join([*self.profiles, *self.links]) or "none is in the settings file"
                raise SettingsError(f"there is no link {name!r} to connect; known are: {known}")
        return {name: self.links[name] for name in names}


def settings_file() -> Path:
    """Return where the settings file is looked for."""
    import platformdirs

    return Path(platformdirs.user_config_path(FOLDER, appauthor=False)) / FILE_NAME


def log_folder() -> Path:
    """Return the platform's log folder for this program."""
    import platformdirs

    return Path(platformdirs.user_log_path(FOLDER, appauthor=False))


def state_folder() -> Path:
    """Return where the platform keeps what this program remembers."""
    import platformdirs

    return Path(platformdirs.user_state_path(FOLDER, appauthor=False))


def named_file(file: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The settings file that a flag or the environment names."""
    named = environment.get(PREFIX + "CONFIG")
    return file or (Path(named) if named else None)


_USED: dict[str, Source] = {}


def used_file() -> Path:
    """The settings file that this process read last, or would read."""
    used = _USED.get("source")
    return used.file if used else named_file(None, os.environ) or settings_file()


def misplaced(path: Sequence[str], what: str) -> SettingsError:
    """Say what is wrong with a key of the file that was read last, and on which line."""
    return (_USED.get("source") or Source(used_file())).error(path, what)


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
    file = named_file(file, environment)
    source = read(file or settings_file(), required=file is not None)
    _USED["source"] = source
    raw = source.table()
    if "live" in raw:
        raise source.error(("live",), "can only be given on the command line, as --live")
    links = source.section(raw, "links", LinkSettings)
    profiles = source.section(raw, "profiles", ProfileSettings)
    keys = _keys(raw.pop("keys", {}), source)
    settings = source.convert(raw, Settings)
    if complaint := _complaint(settings.speed):
        raise source.error(("speed",), complaint)
    check(links, profiles, source)
    given = _from_environment(environment) | {
        name: flag for name, flag in (flags or {}).items() if flag is not None
    }
    if complaint := _complaint(float(str(given.get("speed", 1.0)))):
        raise SettingsError(f"--speed: {complaint}")
    return msgspec.structs.replace(settings, keys=keys, links=links, profiles=profiles, **given)


def _keys(table: object, source: Source) -> dict[str, str]:
    """Read `[keys]`; `console.help = "x"` is a table to TOML, and the id of an action to us."""
    if not isinstance(table, dict):
        raise source.error(("keys",), "expected a table [keys]")
    keys: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            for part, one in value.items():
                keys[f"{name}.{part}"] = source.convert(one, str, ("keys", name, part))
        else:
            keys[name] = source.convert(value, str, ("keys", name))
    return keys


def _complaint(speed: float) -> str:
    return "" if 0 < speed <= MAX_SPEED else f"must be more than 0 and at most {MAX_SPEED:g}"


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    given: dict[str, object] = {}
    for name in ENVIRONMENT:
        variable = PREFIX + name.upper()
        if not (value := environment.get(variable)):  # an empty one is not set: it must not undo the file's
            continue
        listed: object = names_in(value) if name == "connect" else value
        try:
            converted: object = msgspec.convert(listed, _TYPES[name], strict=False, dec_hook=to_path)
        except msgspec.ValidationError as error:
            raise SettingsError(f"{variable}: {explained(error)[1]}") from None
        if isinstance(converted, float) and (complaint := _complaint(converted)):
            raise SettingsError(f"{variable}: {complaint}")
        given[name] = converted
    return given


def names_in(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}
