"""The secrets clients sign in with, kept in a 0600 JSON file beside the data."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import msgspec

from embedded_server.model.errors import ConfigurationError


def _token() -> str:
    return secrets.token_hex(24)


class OneTradeCredentials(msgspec.Struct, frozen=True):
    """Key of `POST /api/v1/oauth2/login`."""

    api_key: str = msgspec.field(default_factory=_token)


class ChannelsCredentials(msgspec.Struct, frozen=True):
    """Key pair of the HMAC login."""

    api_key: str = msgspec.field(default_factory=_token)
    api_secret: str = msgspec.field(default_factory=_token)


class BotCoreCredentials(msgspec.Struct, frozen=True):
    """Secret that signs bot core's HS256 tokens."""

    jwt_secret: str = msgspec.field(default_factory=_token)


class ControlCredentials(msgspec.Struct, frozen=True):
    """Bearer token of the control endpoint."""

    token: str = msgspec.field(default_factory=_token)


class Credentials(msgspec.Struct, frozen=True):
    """All secrets of one server."""

    onetrade: OneTradeCredentials = msgspec.field(default_factory=OneTradeCredentials)
    channels: ChannelsCredentials = msgspec.field(default_factory=ChannelsCredentials)
    bot_core: BotCoreCredentials = msgspec.field(default_factory=BotCoreCredentials)
    control: ControlCredentials = msgspec.field(default_factory=ControlCredentials)


def load_or_create(path: Path) -> Credentials:
    """Read the file, or make it with fresh secrets and mode 0600.

    Raises `ConfigurationError` when the file exists and cannot be used.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Credentials)
    except FileNotFoundError:
        pass
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(
            f"cannot read credentials from {path}: {error}; mend or remove the file"
        ) from error
    credentials = Credentials()
    save(credentials, path)
    return credentials


def save(credentials: Credentials, path: Path) -> None:
    """Write the file, readable by its owner only; replaces it in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(credentials), indent=2))
    temporary.replace(path)
