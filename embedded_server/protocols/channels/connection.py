"""One client's login, timers and strikes (channels.md, Ping/Pong Heartbeat, Connection Close)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from embedded_server.protocols.bad_frames import BadFrames
from embedded_server.protocols.channels import messages
from embedded_server.protocols.facade import Client, Timer, TimeSource

IDLE_SECONDS = 30.0
PONG_SECONDS = 10.0
LOGIN_SECONDS = 10.0
FAILED_LOGINS = 5
FLOODS = 3
EARLY = 0.001
"""A timer of a real loop may fire this many seconds before its time."""

POLICY = 1008


class Connection:
    """Sends for a client and watches its traffic. `heard` tells when market data last went to it."""

    def __init__(self, client: Client, time: TimeSource, heard: Callable[[Client], float]) -> None:
        self.client = client
        self.authenticated = False
        self.order_symbols: set[str] = set()
        self.position_symbols: set[str] = set()
        self.system_events = False
        self._time = time
        self._heard = heard
        self._traffic = time.monotonic()
        self._failed_logins = BadFrames(FAILED_LOGINS)
        self._floods = BadFrames(FLOODS)
        self._bad_frames = BadFrames()
        self._closed = False
        self._timer: Timer = time.call_later(LOGIN_SECONDS, self._login_missed)
        self._awaits_pong = False

    def send(self, message: msgspec.Struct) -> None:
        """Send one message that must not be lost."""
        self.send_encoded(msgspec.json.encode(message))

    def send_encoded(self, payload: bytes) -> None:
        """Send what was encoded once for several clients."""
        if not self._closed:
            self._traffic = self._time.monotonic()
            self.client.send(payload)

    def error(self, message: str, code: int) -> None:
        """channels.md, Error Handling."""
        self.send(messages.Error(message, code, self._time.epoch_ms()))

    def close(self, message: str, code: int) -> None:
        """channels.md, Connection Close: say so, then close."""
        if not self._closed:
            self.send(messages.Close(message, code, self._time.epoch_ms()))
            self.stop()
            self.client.close(code, message)

    def stop(self) -> None:
        """Forget timers; nothing is sent any more."""
        self._closed = True
        self._timer.cancel()

    def received(self) -> None:
        """Note a message from the client."""
        self._traffic = self._time.monotonic()

    def logged_in(self) -> None:
        """The client is who it says; from now on silence is noticed."""
        if not self.authenticated:
            self.authenticated = True
            self._timer.cancel()
            self._watch(IDLE_SECONDS)

    def login_failed(self) -> None:
        """One failed login; the fifth within a minute is the last."""
        self.error("Authentication failed", 401)
        if self._failed_logins.add(self._time.monotonic()):
            self.close("Too many failed logins", POLICY)

    def bad_frame(self, message: str, code: int = 400) -> None:
        """A message that cannot be understood; the twentieth within a minute is the last."""
        self.error(message, code)
        if self._bad_frames.add(self._time.monotonic()):
            self.close("Too many bad messages", POLICY)

    def flooded(self) -> None:
        """A message past the limit: two warnings a minute, then the end."""
        if self._floods.add(self._time.monotonic()):
            self.close("Too many requests", POLICY)
        else:
            self.error("Too many requests", 429)

    def pong(self) -> None:
        """The client answered a ping."""
        if self._awaits_pong:
            self._awaits_pong = False
            self._timer.cancel()
            self._watch(IDLE_SECONDS)

    def _watch(self, seconds: float) -> None:
        self._timer = self._time.call_later(seconds, self._look)

    def _look(self) -> None:
        """Ping after 30 s without traffic in either direction; look again when there was some."""
        quiet = self._time.monotonic() - max(self._traffic, self._heard(self.client))
        if quiet < IDLE_SECONDS - EARLY:
            self._watch(IDLE_SECONDS - quiet)
            return
        self._awaits_pong = True
        self.send(messages.Ping(self._time.epoch_ms()))
        self._timer = self._time.call_later(PONG_SECONDS, self._pong_missed)

    def _pong_missed(self) -> None:
        self.close("Session timeout", 1000)

    def _login_missed(self) -> None:
        self.close("Authentication timeout", POLICY)
