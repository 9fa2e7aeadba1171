"""What is asked of the kernel for each accepted connection. An option the platform lacks is done without."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from embedded_server.transport.limits import Limits

KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
"""A host that vanished while nothing was said is noticed within a minute (seconds, seconds, probes)."""


def set_options(transport: asyncio.Transport, limits: Limits) -> None:
    """Bound what the kernel keeps for a peer, and how long it waits for one that takes nothing."""
    transport.set_write_buffer_limits(high=limits.write_buffer_bytes)
    raw = transport.get_extra_info("socket")
    if raw is None:
        return
    options = [
        (socket.SOL_SOCKET, "SO_SNDBUF", limits.send_buffer_bytes),
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", round(limits.unacknowledged_seconds * 1000)),
        *((socket.IPPROTO_TCP, name, value) for name, value in KEEPALIVE.items()),
    ]
    for level, name, value in options:
        option = getattr(socket, name, None)
        if option is not None:
            with contextlib.suppress(OSError):
                raw.setsockopt(level, option, value)
