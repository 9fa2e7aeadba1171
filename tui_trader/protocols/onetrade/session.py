"""Signing in to OneTrade: login, session check, WebSocket address (CLARIFICATIONS.md, onetrade)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from tui_trader.model.errors import ProtocolError
from tui_trader.protocols.codec import Endpoint, HttpCall, HttpRequest, SessionInUse
from tui_trader.protocols.onetrade.messages import read_login
from tui_trader.protocols.rest_answers import refusal
from tui_trader.protocols.sanitising import clean_optional

_OK = 200
_IN_USE = "session is already used"


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What a login gives."""

    session_id: str
    access_token: str


@dataclass(slots=True)
class Session:
    """One session, kept over reconnects so that the server finds it again under its id."""

    endpoint: Endpoint
    tokens: Tokens | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """Authorization of REST calls."""
        return {"Authorization": f"Bearer {self.tokens.access_token}"} if self.tokens else {}

    def end(self) -> None:
        """Forget the session; the next `open` signs in anew."""
        self.tokens = None

    async def open(self, call: HttpCall) -> str:
        """Sign in where needed, check the session, and return the WebSocket URL.

        Raises `SessionInUse` where it has an open socket elsewhere (it is then forgotten: the user's retry
        signs in anew), `ProtocolError` for any other refusal.
        """
        kept = self.tokens
        tokens = kept or await self._login(call)
        message = await self._check(call, tokens)
        if message and kept:
            # A server that was started again knows nothing of the old session: sign in anew at once.
            tokens = await self._login(call)
            message = await self._check(call, tokens)
        if message:
            raise ProtocolError(f"session check: {message}")
        query = urlencode({"session_id": tokens.session_id, "access_token": tokens.access_token})
        return f"{self.endpoint.url}?{query}"

    async def _check(self, call: HttpCall, tokens: Tokens) -> str:
        """Return the refusal, empty for a session that may connect; a refused session is forgotten."""
        path = f"/ws/v1/{quote(tokens.session_id, safe='')}"
        status, body = await call(HttpRequest("POST", path, "session_check"))
        if status == _OK:
            return ""
        self.end()
        message = refusal(status, body)
        if _IN_USE in message.lower():
            raise SessionInUse(message)
        return message

    async def _login(self, call: HttpCall) -> Tokens:
        key = self.endpoint.credentials.get("api_key", "")
        request = HttpRequest(
            "POST",
            "/api/v1/oauth2/login",
            "login",
            query={"remember_me": "false", "grant_type": "api_key"},
            headers={"API-Key": key},
        )
        status, body = await call(request)
        if status != _OK:
            raise ProtocolError(f"login: {refusal(status, body)}")
        try:
            answer = read_login(body)
        except ProtocolError:
            raise ProtocolError(
                "login: the answer cannot be read"
            ) from None  # it may hold tokens: never quoted
        if answer.data is None or not answer.success:
            raise ProtocolError(f"login: {clean_optional(answer.message) or 'refused'}")
        self.tokens = Tokens(answer.data.session_id, answer.data.access_token)
        return self.tokens
