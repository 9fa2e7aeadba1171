"""The server's settings: command line over environment (`TUI_TRADER_SERVER_`) over a TOML file over defaults.

Whatever is wrong with one comes out as `ConfigurationError` with one sentence.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from embedded_server.credentials import Credentials
from embedded_server.model.errors import ConfigurationError

ENVIRONMENT_PREFIX = "TUI_TRADER_SERVER_"
DEFAULT_SEED = 1
_NESTED = "credentials"
_LISTS = ("allowed_origins", "allowed_hosts")
_TRUTH = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""Words for switches in the environment, besides true, false, 1 and 0."""


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    def __repr__(self) -> str:
        """Secrets are shown nowhere."""
        return f"{type(self).__name__}(...)"


class OneTradeSecrets(_Section, frozen=True):
    """Fixed key of OneTrade's login."""

    api_key: str | None = None


class ChannelsSecrets(_Section, frozen=True):
    """Fixed key pair of the channels endpoint."""

    api_key: str | None = None
    api_secret: str | None = None


class BotCoreSecrets(_Section, frozen=True):
    """Fixed signing secret of bot core's tokens."""

    jwt_secret: str | None = None


class ControlSecrets(_Section, frozen=True):
    """Fixed token of the control endpoint."""

    token: str | None = None


class FixedCredentials(_Section, frozen=True):
    """Secrets fixed for CI: `TUI_TRADER_SERVER_CREDENTIALS__ONETRADE__API_KEY=...`."""

    onetrade: OneTradeSecrets = OneTradeSecrets()
    channels: ChannelsSecrets = ChannelsSecrets()
    bot_core: BotCoreSecrets = BotCoreSecrets()
    control: ControlSecrets = ControlSecrets()

    def apply(self, credentials: Credentials) -> Credentials:
        """The credentials with the fixed ones put in."""
        merged = msgspec.to_builtins(credentials)
        for section, secrets in msgspec.to_builtins(self).items():
            merged[section] |= {name: secret for name, secret in secrets.items() if secret is not None}
        return msgspec.convert(merged, Credentials)


class ServerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that decides how a server runs; `load_settings` checks what people say."""

    host: str = "127.0.0.1"
    """Address to bind; anything but loopback needs `allowed_hosts`."""
    ports: Literal["documented", "free"] | Annotated[int, Meta(ge=1, le=65_000)] = "documented"
    """`free` lets the system choose; a number: one port a listener from there on, in registry order."""
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    """`DEFAULT_SEED` unless it is said, or a kept run has another."""
    speed: Annotated[float, Meta(gt=0, le=10_000)] = 1.0
    """Virtual seconds a real second."""
    clock: Literal["real", "manual"] = "real"
    """`manual`: the market stands still until it is stepped."""
    start: Annotated[int, Meta(ge=0)] | None = None
    """Virtual start, ns since the epoch; by default now on a real clock, a fixed Monday on a manual one."""
    data: Path | None = None
    """Folder of journal and credentials; None keeps nothing: the credentials' ends with the server."""
    ephemeral: bool = False
    """Keep nothing, even where `data` names a folder."""
    adopt: bool = False
    """With `data`: run in any case. What cannot be gone on with is set aside, a folder in use is left."""
    dialect: Literal["documented", "observed"] = "documented"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    allowed_origins: tuple[str, ...] = ()
    """In the environment, words with commas between them; `allowed_hosts` likewise."""
    allowed_hosts: tuple[str, ...] = ()
    require_authentication: bool = False
    sessions: bool | None = None
    """Observe trading hours and weekends; not unless it is said, or a kept run does."""
    control: bool = True
    """Serve the control endpoint, always on loopback."""
    timers: Literal["real", "manual"] = "real"
    """`manual`: heartbeats and deadlines of the protocols stand still too, until the clock is stepped."""
    messages_per_minute: Annotated[int, Meta(ge=0)] | None = None
    """Client messages a minute instead of each endpoint's own number; 0 means no limit."""
    max_connections: Annotated[int, Meta(ge=1)] = 10_000
    """Open connections of one port, HTTP and WebSocket together; one more is answered 503."""
    max_connections_per_address: Annotated[int, Meta(ge=1)] = 2_000
    """... of one peer address; one more is answered 429. On loopback all clients are one address."""
    tls_certificate: Path | None = None
    """PEM file with the certificate chain; with `tls_key` every port speaks TLS, and nothing else."""
    tls_key: Path | None = None
    """PEM file with the certificate's key, not encrypted."""
    credentials: FixedCredentials = FixedCredentials()


def load_settings(options: Mapping[str, object], *, file: Path | None = None) -> ServerSettings:
    """Settings of a run; options that are None were not given. Raises `ConfigurationError`."""
    values = {} if file is None else _read(file)
    for source in (_environment(os.environ), options):
        for name, value in source.items():
            if value is not None:
                values[name] = _merged(values.get(name), value) if name == _NESTED else value
    try:
        settings = msgspec.convert(_prepared(values), ServerSettings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise ConfigurationError(_sentence(str(error), file)) from None
    if not math.isfinite(settings.speed):
        raise ConfigurationError(_sentence("Expected a finite number - at `$.speed`", file))
    return settings


def _environment(variables: Mapping[str, str]) -> dict[str, object]:
    """What the environment says; an empty variable says nothing."""
    found: dict[str, object] = {}
    for field in msgspec.structs.fields(ServerSettings):
        text = variables.get(ENVIRONMENT_PREFIX + field.name.upper())
        if text and field.name != _NESTED:
            switch = field.type in (bool, bool | None)
            found[field.name] = _TRUTH.get(text.lower(), text) if switch else text
    secrets: dict[str, dict[str, object]] = {}
    for name, text in variables.items():
        path = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        if name.startswith(ENVIRONMENT_PREFIX) and path[0] == _NESTED and len(path) == 3 and text:
            secrets.setdefault(path[1], {})[path[2]] = text
    return found | ({_NESTED: secrets} if secrets else {})


def _merged(below: object, above: object) -> object:
    """Tables over tables; of anything else the one above."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return below | {name: _merged(below.get(name), value) for name, value in above.items()}


def _prepared(values: Mapping[str, object]) -> dict[str, object]:
    """With lists out of words and numbers out of digits, where a text can be both."""
    prepared = dict(values)
    for name in _LISTS:
        text = prepared.get(name)
        if isinstance(text, str):
            prepared[name] = [word.strip() for word in text.split(",") if word.strip()]
    ports = prepared.get("ports")
    if isinstance(ports, str) and ports.isdecimal():
        prepared["ports"] = int(ports)
    return prepared


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise ValueError(f"Expected `str`, got `{type(value).__name__}`")


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read the configuration file {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from None


def _sentence(problem: str, file: Path | None) -> str:
    """The problem in words: the field as it is written, what is wrong, where it may come from."""
    what, _, place = problem.replace("`", "").partition(" - at ")
    words: Iterable[str] = [word for word in re.split(r"[.\[\]]+", place.removeprefix("$")) if word]
    unknown = re.fullmatch(r"Object contains unknown field (.+)", what)
    words = [*words, unknown[1]] if unknown else [*words]
    name = words[0] if words else "settings"
    path = ".".join(words) if name == _NESTED else name
    sources = f"option --{name.replace('_', '-')}, {ENVIRONMENT_PREFIX}{name.upper()}"
    if file is not None:
        sources += f" or {file}"
    if unknown:
        return f"there is no setting {path} ({sources})"
    if name == "ports":
        return f"ports must be documented, free or a number from 1 to 65000 ({sources})"
    if what.startswith("Invalid enum value"):
        kind = next(field.type for field in msgspec.structs.fields(ServerSettings) if field.name == name)
        return f"{path} must be {' or '.join(get_args(kind))} ({sources})"
    return f"{path}: {what[:1].lower() + what[1:]} ({sources})"
