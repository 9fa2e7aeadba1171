"""Backends of one's own in the settings file, and names for several together. No secret stands in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec import Struct

from tui_trader.settings_reading import Source

_NAME = re.compile(r"[A-Za-z0-9_-]{1,20}")
_PLACE = re.compile(r"env:\w+|keyring:[^/]+/.+")


class LinkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[links.<name>]`: it is LIVE unless `paper` says that a simulator is behind it."""

    protocol: str
    url: str
    http: str = ""
    paper: bool = False
    exchange: str = ""
    """Which exchange a `channels` link asks for."""
    symbols: tuple[str, ...] = ()
    """What a `channels` link subscribes, where not all servers take "everything"; a `onetrade` one, where the
    broker lists more than can be; and a `market_data_gateway` one from the start, for a server that does not
    list its instruments."""
    insecure: bool = False
    """Whether `ws://` and `http://` may go to another machine, where anybody on the way reads along."""
    ca_file: Path | None = None
    """PEM file of the authorities that `wss://` and `https://` trust, instead of the system's."""
    credentials: dict[str, str] = {}
    """Where each secret is: `env:NAME` or `keyring:SERVICE/NAME`."""
    credentials_file: Path | None = None
    """A file of secrets that only its owner can read."""


class ProfileSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[profiles.<name>]`: links that are connected together by one name."""

    links: tuple[str, ...]


def check(links: Mapping[str, LinkSettings], profiles: Mapping[str, ProfileSettings], source: Source) -> None:
    """Check names, addresses and where secrets are. Raises `SettingsError`."""
    for name, link in links.items():
        _check_link(name, link, source)
    for name, profile in profiles.items():
        if name in links:
            raise source.error(("profiles", name), "there is a link of this name too")
        for link_name in profile.links:
            if link_name not in links:
                raise source.error(("profiles", name, "links"), f"there is no link {link_name!r}")


def _check_link(name: str, link: LinkSettings, source: Source) -> None:
    path = ("links", name)
    if not _NAME.fullmatch(name):
        raise source.error(path, "a link's name is letters, digits, - and _, at most 20")
    if not is_address(link.url, {"ws", "wss"}):
        what = "must be a WebSocket address such as ws://127.0.0.1:8080/ws"
        raise source.error((*path, "url"), what)
    if link.http and not is_address(link.http, {"http", "https"}):
        raise source.error((*path, "http"), "must be an HTTP address such as http://127.0.0.1:8070")
    from tui_trader.connection.trust import is_open  # with TLS's library, which most starts do without

    for key, address in (("url", link.url), ("http", link.http)):
        if not link.insecure and is_open(address):
            secure = address.replace("ws://", "wss://").replace("http://", "https://")
            what = f"would send everything in the clear; use {secure}, or say insecure = true"
            raise source.error((*path, key), what)
    for key, place in link.credentials.items():
        if not _PLACE.fullmatch(place):
            what = "must be env:NAME or keyring:SERVICE/NAME; the secret itself does not belong here"
            raise source.error((*path, "credentials", key), what)


def is_address(text: str, schemes: Collection[str]) -> bool:
    """Whether a text is an absolute URL of one of these schemes, without a name and password in it."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        return (
            parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        )
    except ValueError:  # a port out of range, a bracket too many
        return False
