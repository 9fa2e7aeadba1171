"""The server's settings: command line over environment (`TUI_TRADER_SERVER_`) over a TOML file over defaults.

Whatever is wrong with one comes out as `ConfigurationError` with one sentence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from embedded_server.credentials import Credentials
from embedded_server.model.errors import ConfigurationError

ENVIRONMENT_PREFIX = "TUI_TRADER_SERVER_"
Words = Annotated[tuple[str, ...], NoDecode]
"""In the environment a comma-separated list, in the file an array."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OneTradeSecrets(_Section):
    """Fixed key of OneTrade's login."""

    api_key: SecretStr | None = None


class ChannelsSecrets(_Section):
    """Fixed key pair of the channels endpoint."""

    api_key: SecretStr | None = None
    api_secret: SecretStr | None = None


class BotCoreSecrets(_Section):
    """Fixed signing secret of bot core's tokens."""

    jwt_secret: SecretStr | None = None


class ControlSecrets(_Section):
    """Fixed token of the control endpoint."""

    token: SecretStr | None = None


class FixedCredentials(_Section):
    """Secrets fixed for CI: `TUI_TRADER_SERVER_CREDENTIALS__ONETRADE__API_KEY=...`."""

    onetrade: OneTradeSecrets = OneTradeSecrets()
    channels: ChannelsSecrets = ChannelsSecrets()
    bot_core: BotCoreSecrets = BotCoreSecrets()
    control: ControlSecrets = ControlSecrets()

    def apply(self, credentials: Credentials) -> Credentials:
        """The credentials with the fixed ones put in."""
        merged = msgspec.to_builtins(credentials)
        for section in FixedCredentials.model_fields:
            for name, secret in getattr(self, section):
                if secret is not None:
                    merged[section][name] = secret.get_secret_value()
        return msgspec.convert(merged, Credentials)


class ServerSettings(BaseSettings):
    """Everything that decides how a server runs."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )
    _file: ClassVar[Mapping[str, object]] = {}

    host: str = "127.0.0.1"
    """Address to bind; anything but loopback needs `allowed_hosts`."""
    ports: Literal["documented", "free"] | Annotated[int, Field(ge=1, le=65_000)] = "documented"
    """`free` lets the system choose; a number: one port a listener from there on, in registry order."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    speed: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] = 1.0
    """Virtual seconds a real second."""
    clock: Literal["real", "manual"] = "real"
    """`manual`: the market stands still until it is stepped."""
    start: Annotated[int, Field(ge=0)] | None = None
    """Virtual start, ns since the epoch; by default now on a real clock, a fixed Monday on a manual one."""
    data: Path | None = None
    """Folder of journal and credentials; None keeps nothing: the credentials' ends with the server."""
    ephemeral: bool = False
    """Keep nothing, even where `data` names a folder."""
    adopt: bool = False
    """With `data`: run in any case. What cannot be gone on with is set aside, a folder in use is left."""
    dialect: Literal["documented", "observed"] = "documented"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    allowed_origins: Words = ()
    allowed_hosts: Words = ()
    require_authentication: bool = False
    sessions: bool = False
    """Observe trading hours and weekends."""
    control: bool = True
    """Serve the control endpoint, always on loopback."""
    timers: Literal["real", "manual"] = "real"
    """`manual`: heartbeats and deadlines of the protocols stand still too, until the clock is stepped.

    Signatures and tokens are judged by the wall clock all the same: clients have no other.
    """
    messages_per_minute: Annotated[int, Field(ge=0)] | None = None
    """Client messages a minute instead of each endpoint's own number; 0 means no limit."""
    requests_per_minute: Annotated[int, Field(ge=0)] = 6_000
    """REST requests a minute of one key of the channels endpoint; 0 means no limit."""
    max_connections: Annotated[int, Field(ge=1)] = 10_000
    """Open connections of one port, HTTP and WebSocket together; one more is answered 503."""
    max_connections_per_address: Annotated[int, Field(ge=1)] = 2_000
    """... of one peer address; one more is answered 429. On loopback all clients are one address."""
    tls_certificate: Path | None = None
    """PEM file with the certificate chain; with `tls_key` every port speaks TLS, and nothing else."""
    tls_key: Path | None = None
    """PEM file with the certificate's key, not encrypted."""
    credentials: FixedCredentials = FixedCredentials()

    @field_validator("allowed_origins", "allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(word.strip() for word in value.split(",") if word.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("ports", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isdecimal() else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of the sources, strongest first."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, dict(cls._file))


def load_settings(options: Mapping[str, object], *, file: Path | None = None) -> ServerSettings:
    """Settings of a run; options that are None were not given. Raises `ConfigurationError`."""
    given = {name: value for name, value in options.items() if value is not None}
    content = {} if file is None else _read(file)

    class Sourced(ServerSettings):
        _file: ClassVar[Mapping[str, object]] = content

    try:
        return Sourced(**given)  # type: ignore[arg-type] # checked field by field right here
    except ValidationError as error:
        raise ConfigurationError(_sentence(error, file)) from None
    except SettingsError as error:
        raise ConfigurationError(f"the environment cannot be used: {error}") from None


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read the configuration file {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from None


def _sentence(error: ValidationError, file: Path | None) -> str:
    """The first problem, in words: the field as it is written, what is wrong, where it may come from."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    words = [str(part) for part in first["loc"] if isinstance(part, int | str)]
    name = words[0] if words else "settings"
    path = ".".join(words) if name == "credentials" else name
    sources = f"option --{name.replace('_', '-')}, {ENVIRONMENT_PREFIX}{name.upper()}"
    if file is not None:
        sources += f" or {file}"
    if first["type"] == "extra_forbidden":
        return f"there is no setting {path} ({sources})"
    if name == "ports":
        return f"ports must be documented, free or a number from 1 to 65000 ({sources})"
    message = first["msg"][:1].lower() + first["msg"][1:]
    return f"{path}: {message} ({sources})"
