"""How long an endpoint puts up with unusable frames: 20 a minute, then 1008 (RELIABILITY: other endpoints).

Not for endpoints whose document says that the connection is kept whatever arrives.
"""

from __future__ import annotations

from embedded_server.protocols.bad_frames import BadFrames
from embedded_server.protocols.facade import Client, TimeSource


class Patience:
    """One count a client."""

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._counts: dict[str, BadFrames] = {}

    def bear(self, client: Client) -> bool:
        """Note a bad frame; False when it was one too many and the connection ends with 1008."""
        if self._counts.setdefault(client.id, BadFrames()).add(self._time.monotonic()):
            client.close(1008, "Too many invalid messages")
            return False
        return True

    def forget(self, client: Client) -> None:
        """The client is gone."""
        self._counts.pop(client.id, None)
