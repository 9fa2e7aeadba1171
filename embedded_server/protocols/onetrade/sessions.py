"""Login tokens and who holds which session's one socket. Protocol state; the market is unknown here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import Enum

from embedded_server.protocols.facade import Client

TOKEN_LIFE = 24 * 3600.0
REMEMBERED_LIFE = 30 * 24 * 3600.0
HANDSHAKE_TIME = 10.0
"""Seconds a claimed session waits for its socket, should the upgrade fail after the claim."""
MAX_SESSIONS = 10_000


@dataclass(slots=True, eq=False)
class Session:
    """One login: an access token for REST and a session for at most one open socket."""

    id: str
    token: str
    expires: float
    """Monotonic seconds."""
    client: Client | None = None
    claimed_until: float = 0.0

    def in_use(self, now: float) -> bool:
        """Whether a socket is open, or an upgrade is under way."""
        return self.client is not None or now < self.claimed_until


class Claim(Enum):
    """What became of an attempt to take a session for a socket."""

    GRANTED = "granted"
    BAD_TOKEN = "access token is not valid"
    BAD_SESSION = "session does not belong to this access token"
    IN_USE = "session is already used"


class Sessions:
    """All logins of one server, oldest first."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}
        self._by_token: dict[str, Session] = {}

    def login(self, now: float, *, remember: bool = False) -> Session:
        """Start a session of its own for every login: clients of one key can work side by side."""
        self._make_room(now)
        session = Session(
            id=secrets.token_hex(16),
            token=secrets.token_urlsafe(32),
            expires=now + (REMEMBERED_LIFE if remember else TOKEN_LIFE),
        )
        self._by_id[session.id] = session
        self._by_token[session.token] = session
        return session

    def of_token(self, token: str, now: float) -> Session | None:
        """The session an access token belongs to, if it still lives."""
        session = self._by_token.get(token)
        return session if session is not None and now < session.expires else None

    def of_id(self, session_id: str, now: float) -> Session | None:
        """A living session."""
        session = self._by_id.get(session_id)
        return session if session is not None and now < session.expires else None

    def claim(self, session_id: str, token: str, now: float) -> Claim:
        """Take a session for a socket that is being opened; the claim lapses unless `attach` follows."""
        session = self.of_token(token, now)
        if session is None:
            return Claim.BAD_TOKEN
        if not secrets.compare_digest(session.id.encode(), session_id.encode("utf-8", "replace")):
            return Claim.BAD_SESSION
        if session.in_use(now):
            return Claim.IN_USE
        session.claimed_until = now + HANDSHAKE_TIME
        return Claim.GRANTED

    def attach(self, session_id: str, client: Client) -> Session | None:
        """Tie an opened socket to the session it claimed; None if the session ended meanwhile."""
        session = self._by_id.get(session_id)
        if session is None or session.client is not None:
            return None
        session.client = client
        session.claimed_until = 0.0
        return session

    def release(self, session: Session, client: Client) -> None:
        """Free a session whose socket is gone; another socket that took its place keeps it."""
        if session.client is client:
            session.client = None

    def end(self, session: Session) -> None:
        """Forget a session: its token is worth nothing any more."""
        self._by_id.pop(session.id, None)
        self._by_token.pop(session.token, None)

    def _make_room(self, now: float) -> None:
        """Drop what has expired, and past the cap the oldest session without a socket."""
        if len(self._by_id) < MAX_SESSIONS:
            return
        idle = [session for session in self._by_id.values() if not session.in_use(now)]
        expired = [session for session in idle if session.expires <= now]
        for session in expired or idle[:1]:
            self.end(session)
