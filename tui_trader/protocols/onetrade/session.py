"""Signing in to OneTrade: login, session check, WebSocket address (CLARIFICATIONS.md, onetrade)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from msgspec import Struct

from tui_trader.model.errors import ProtocolError
from tui_trader.protocols.codec import Endpoint, HttpCall, HttpRequest, SessionInUse
from tui_trader.protocols.json_reading import reader
from tui_trader.protocols.onetrade.messages import read_login
from tui_trader.protocols.rest_answers import refusal
from tui_trader.protocols.sanitising import clean_optional

_OK = 200
_IN_USE = "session is already used"


class _Parameter(Struct, frozen=True):
    name: str = ""


class _Operation(Struct, frozen=True):
    parameters: tuple[_Parameter, ...] = ()


class _Path(Struct, frozen=True):
    post: _Operation = _Operation()


class _Description(Struct, frozen=True):
    """As much of an OpenAPI document as tells whether a session can be taken over."""

    paths: dict[str, _Path] = {}


_read_description = reader(_Description)
_TAKEOVER = "takeover"


async def _described(call: HttpCall) -> bool:
    """Whether the server's own description has the takeover of a session (onetrade.md has none)."""
    try:
        status, body = await call(HttpRequest("GET", "/openapi.json", "description"))
        check = _read_description(body).paths.get("/ws/v1/{session_id}") if status == _OK else None
    except (OSError, ProtocolError):
        return False
    return check is not None and any(one.name == _TAKEOVER for one in check.post.parameters)


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
    contested: Tokens | None = field(default=None, repr=False)
    """A session that somebody else's socket holds and that the server can give back."""
    _displace: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """Authorization of REST calls."""
        return {"Authorization": f"Bearer {self.tokens.access_token}"} if self.tokens else {}

    def end(self) -> None:
        """Forget the session; the next `open` signs in anew."""
        self.tokens = None

    def take_over(self) -> None:
        """Let the next `open` displace the socket that holds the contested session."""
        self.tokens, self._displace = self.contested, self.contested is not None

    async def open(self, call: HttpCall) -> str:
        """Sign in where needed, check the session, and return the WebSocket URL.

        Raises `SessionInUse` where it has an open socket elsewhere (the user's retry signs in anew, or takes
        it over where the server describes that), `ProtocolError` for any other refusal.
        """
        kept, self.contested = self.tokens, None
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
        request = HttpRequest("POST", path, "session_check")
        if self._displace:
            request = HttpRequest(
                "POST", path, "session_check", query={"takeover": "true"}, headers=self.headers
            )
        self._displace = False
        status, body = await call(request)
        if status == _OK:
            return ""
        self.end()
        message = refusal(status, body)
        if _IN_USE in message.lower():
            takeover = await _described(call)
            self.contested = tokens if takeover else None
            raise SessionInUse(message, takeover=takeover)
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
