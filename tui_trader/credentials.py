"""Secrets of a link, from the environment, the keyring or a private file. None is ever told in an error."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tui_trader.link_settings import LinkSettings
from tui_trader.model.errors import SettingsError

_IN_HEADERS = "api_key"


def credentials_of(name: str, link: LinkSettings, environment: Mapping[str, str]) -> dict[str, str]:
    """Collect what a link signs in with; what is named one by one wins over the file.

    Raises `SettingsError`: a variable is not set, the keyring has nothing, a file is open to others, or a key
    cannot be sent.
    """
    found: dict[str, str] = {}
    if link.credentials_file is not None:
        found = _from_file(link.credentials_file, name, link.protocol)
    for key, place in link.credentials.items():
        kind, _, where = place.partition(":")
        try:
            found[key] = _from_keyring(where) if kind == "keyring" else _from_environment(where, environment)
        except SettingsError as error:
            raise SettingsError(f"links.{name}.credentials.{key}: {error}") from None
    found = {key: value.strip("\r\n") for key, value in found.items()}  # as editors and `echo` leave them
    key = found.get(_IN_HEADERS, "")
    if not (key.isascii() and key.isprintable()):
        raise SettingsError(
            f"links.{name}.credentials.{_IN_HEADERS}: it has characters that no header can hold"
        )
    if link.exchange:
        found["exchange"] = link.exchange
    if link.symbols:
        found["symbols"] = ",".join(link.symbols)
    return found


def _from_environment(variable: str, environment: Mapping[str, str]) -> str:
    value = environment.get(variable, "")
    if not value:
        raise SettingsError(f"the environment variable {variable} is not set")
    return value


def _from_keyring(where: str) -> str:
    """Ask the platform's keyring; its library is imported for nothing else."""
    import keyring
    from keyring.errors import KeyringError

    service, _, user = where.partition("/")
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        what = f"the keyring cannot be read: {type(error).__name__}"
        raise SettingsError(f"{what}; env:NAME or credentials_file do without one") from None
    if not value:
        raise SettingsError(f"the keyring has nothing for {service}/{user}")
    return value


def _from_file(file: Path, name: str, protocol: str) -> dict[str, str]:
    """Read the table of the link's name or its protocol, or what stands outside of tables; JSON or TOML."""
    try:
        with file.open("rb") as opened:
            refuse_if_open(os.fstat(opened.fileno()), file)
            text = opened.read()
    except OSError as error:
        raise SettingsError(f"links.{name}: cannot read {file}: {error.strerror or error}") from None
    table = _parsed(text, file)
    flat = {key: value for key, value in table.items() if not isinstance(value, dict)}
    chosen = next((table[key] for key in (name, protocol) if isinstance(table.get(key), dict)), flat)
    try:
        return msgspec.convert(chosen, dict[str, str])
    except msgspec.ValidationError:
        raise SettingsError(f"{file}: expected names and texts for {name}") from None


def refuse_if_open(status: os.stat_result, file: Path) -> None:
    """Raise `SettingsError` where somebody else can read a file, or it is somebody else's."""
    if os.name != "posix":
        return
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise SettingsError(f"{file} is open to others (mode {mode:04o}): chmod 600 it, or it is not used")
    if status.st_uid != os.getuid():
        raise SettingsError(f"{file} belongs to somebody else and is not used")


def _parsed(text: bytes, file: Path) -> dict[str, object]:
    import tomllib

    try:
        if file.suffix == ".toml":
            return tomllib.loads(text.decode())
        return msgspec.json.decode(text, type=dict[str, object])
    except (ValueError, msgspec.MsgspecError):  # what stands there is not quoted: it may be a secret
        raise SettingsError(f"{file} is neither a JSON nor a TOML table; .toml is for TOML") from None
