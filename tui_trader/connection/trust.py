"""Whom a link trusts over TLS, what may go without it, and what is wrong with a certificate in a sentence."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from tui_trader.model.errors import SettingsError
from tui_trader.protocols.sanitising import clean

_PLAIN = ("ws", "http")


def context(authorities: Path | None) -> ssl.SSLContext:
    """Trust the authorities in a PEM file and no others; without one those of the system.

    Raises `SettingsError`.
    """
    if authorities is None:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=authorities)
    except ssl.SSLError:
        raise SettingsError(f"{authorities} has no certificate in PEM form") from None
    except OSError as error:
        raise SettingsError(f"cannot read {authorities}: {error.strerror or error}") from None


def is_open(*addresses: str) -> bool:
    """Whether something would go to another machine without TLS."""
    return any(
        urlsplit(one).scheme in _PLAIN and not _is_loopback(urlsplit(one).hostname) for one in addresses
    )


def certificate_fault(error: BaseException | None) -> str:
    """What is wrong with the server's certificate or TLS, from an error or its causes; empty for others."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            why = clean(error.verify_message or "it cannot be verified")
            return f"the server's certificate is not trusted: {why}"
        if isinstance(error, ssl.SSLError):
            return f"TLS failed: {clean((error.reason or 'no reason given').replace('_', ' ').lower())}"
        error = error.__cause__ or error.__context__
    return ""


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
