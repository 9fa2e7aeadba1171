"""Which code and which settings decide a run's events: a journal of others is not replayed.

Random streams are promised per build of numpy and indicators per build of TA-Lib, so both belong to the code.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

from embedded_server.engine.engine import EngineSettings

PACKAGES = (
    "model",
    "kernel",
    "market",
    "dealing",
    "accounts",
    "analysis",
    "strategies",
    "risk",
    "engine",
    "journal",
)
LIBRARIES = ("numpy", "TA-Lib", "msgspec")


@cache
def engine_digest() -> str:
    """Digest of the source of everything that decides events, and of the libraries' versions."""
    digest = hashlib.blake2b(digest_size=16)
    root = Path(__file__).parent.parent
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    for library in LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}\0".encode())
    return digest.hexdigest()


def settings_digest(settings: EngineSettings) -> str:
    """Digest of all settings that decide events, instruments included."""
    decisive = msgspec.structs.replace(settings, record_digest=False)
    encoded = msgspec.msgpack.encode(decisive, enc_hook=str)
    return hashlib.blake2b(encoded, digest_size=16).hexdigest()


def program_version() -> str:
    """Version of the installed program."""
    try:
        return metadata.version("tui-trader")
    except metadata.PackageNotFoundError:
        return "0"
