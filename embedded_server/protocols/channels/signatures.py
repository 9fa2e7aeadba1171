"""Checks the HMAC signatures of the channels API: right key and time, used once (CLARIFICATIONS.md)."""

from __future__ import annotations

import hashlib
import hmac
from collections import deque

from embedded_server.credentials import ChannelsCredentials
from embedded_server.protocols.facade import TimeSource

WINDOW_MS = 5_000


def signature(secret: str, method: str, path: str, timestamp: str, body: bytes = b"") -> str:
    """Lower-case hex HMAC-SHA256 of `METHOD\\nPATH\\nTIMESTAMP\\nBODY`."""
    text = f"{method}\n{path}\n{timestamp}\n".encode() + body
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


class Signatures:
    """One for a server: WebSocket logins and REST calls share what has been used."""

    def __init__(self, credentials: ChannelsCredentials, time: TimeSource) -> None:
        self._credentials = credentials
        self._time = time
        self._used: set[tuple[int, str]] = set()
        self._used_until: deque[tuple[int, tuple[int, str]]] = deque()

    def accept(
        self, *, api_key: str, timestamp: int, given: str, method: str, path: str, body: bytes = b""
    ) -> bool:
        """Whether the signature is good; a good one is thereby used. Compared in constant time."""
        now = self._time.epoch_ms()
        self._forget(now)
        expected = signature(self._credentials.api_secret, method, path, str(timestamp), body)
        right_key = _same(api_key, self._credentials.api_key)
        right_signature = _same(given, expected)
        use = (timestamp, given)
        if not (right_key and right_signature) or abs(timestamp - now) > WINDOW_MS or use in self._used:
            return False
        self._used.add(use)
        self._used_until.append((now + 2 * WINDOW_MS, use))
        return True

    def _forget(self, now: int) -> None:
        """Drop uses whose timestamps have left the window."""
        while self._used_until and self._used_until[0][0] < now:
            self._used.discard(self._used_until.popleft()[1])


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
