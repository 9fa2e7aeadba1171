"""The digest of everything told, in links: each mark's covers the one before and the events since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from embedded_server.journal.records import encode
from embedded_server.model.events import Event

SIZE = 16


def digest_of(data: bytes) -> bytes:
    """Digest of one piece of data."""
    return hashlib.blake2b(data, digest_size=SIZE).digest()


class Chain:
    """Grows by events, is cut into links by marks, and can go on from any mark."""

    def __init__(self, last: bytes = b"") -> None:
        self._hash = hashlib.blake2b(last, digest_size=SIZE)

    def add(self, events: Iterable[Event]) -> None:
        """Take in events as they are told."""
        update = self._hash.update
        for event in events:
            update(encode(event))

    def cut(self) -> bytes:
        """End a link; returns the digest of all of them."""
        last = self._hash.digest()
        self._hash = hashlib.blake2b(last, digest_size=SIZE)
        return last

    def copy(self) -> Chain:
        """One that grows on its own from here."""
        other = Chain()
        other._hash = self._hash.copy()
        return other
