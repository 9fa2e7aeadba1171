"""The certificate that every listener shows. Whatever is wrong with it is said before anything is opened."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NoReturn

from embedded_server.model.errors import ConfigurationError


def server_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What TLS needs (1.2 or newer), or None where neither file is named. PEM files; the key not encrypted.

    Raises `ConfigurationError` if only one is named, or they cannot be used.
    """
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        missing = "tls_certificate" if certificate is None else "tls_key"
        raise ConfigurationError(f"tls_certificate and tls_key belong together; {missing} is missing")
    certificate, key = certificate.expanduser(), key.expanduser()
    _check_readable("tls_certificate", certificate)
    _check_readable("tls_key", key)

    def no_password() -> NoReturn:
        raise ConfigurationError(f"tls_key {key} is encrypted; name a file without a password")

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password=no_password)
    except ssl.SSLError as error:
        reason = (error.reason or "not PEM").lower().replace("_", " ")
        raise ConfigurationError(
            f"tls_certificate {certificate} and tls_key {key} are no certificate with its key: {reason}"
        ) from None
    return context


def _check_readable(name: str, file: Path) -> None:
    try:
        file.open("rb").close()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError(f"{name} {file} cannot be read: {reason}") from None
