"""Who a token names (bot-core.md, 1. Authentication): HS256 only, `exp` and `sub` required, real time."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_server.protocols.facade import Handshake, TimeSource

if TYPE_CHECKING:
    from jwt.types import Options

ALGORITHM = "HS256"
MAX_TOKEN_CHARACTERS = 4096
OPTIONS: Options = {
    "require": ["exp", "sub"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
}
"""Times are judged below, by the clock the server was given."""


class AuthenticationError(Exception):
    """The token does not prove anything; the text says why without quoting it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The claims of a good token."""

    user_id: str
    email: str = ""
    is_admin: bool = False


class Authenticator:
    """Checks tokens against one secret."""

    def __init__(self, secret: str, time: TimeSource) -> None:
        self._secret = secret
        self._time = time

    def verify(self, token: str) -> Identity:
        """Read a token; raises `AuthenticationError`. Expiry is judged by the server's real clock."""
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise AuthenticationError("Token is too long")
        claims = self._claims(token)
        self._check_time(claims.get("exp"), claims.get("nbf"))
        email, is_admin = claims.get("email", ""), claims.get("is_admin", False)
        if not isinstance(email, str) or not isinstance(is_admin, bool):
            raise AuthenticationError("Token is invalid")
        return Identity(str(claims["sub"]), email, is_admin)

    def _claims(self, token: str) -> dict[str, object]:
        """Claims under a good signature; a short secret is the operator's to judge, not to warn of."""
        import jwt  # by the first token: it costs the start of a server 50 ms and 8 MB

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return jwt.decode(token, self._secret, algorithms=[ALGORITHM], options=OPTIONS)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise AuthenticationError("Token is invalid") from None

    def _check_time(self, expires: object, not_before: object) -> None:
        now = self._time.epoch_ms() / 1000
        if isinstance(expires, bool) or not isinstance(expires, int | float):
            raise AuthenticationError("Token is invalid")
        if not expires > now:
            raise AuthenticationError("Token has expired")
        if isinstance(not_before, int | float) and not_before > now:
            raise AuthenticationError("Token is not valid yet")


def offered_token(handshake: Handshake) -> str | None:
    """The token of the upgrade request: `Authorization: Bearer`, else `?token=`, else None."""
    scheme, _, token = handshake.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return handshake.query.get("token") or None
