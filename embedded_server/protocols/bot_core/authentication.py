"""Who a token names (bot-core.md, 1. Authentication): HS256 only, `exp` and `sub` required, real time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

import msgspec

from embedded_server.protocols.facade import Handshake, TimeSource

ALGORITHM = "HS256"
MAX_TOKEN_CHARACTERS = 4096


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
        """Claims under a good signature; nothing of a token is looked at before that but its algorithm.

        By hand (RFC 7515, 5.2; RFC 7519, 7.2): a library for every algorithm costs 50 ms of the start.
        """
        parts = token.split(".")
        if len(parts) != 3 or not token.isascii():
            raise AuthenticationError("Token is invalid")
        header, claims, signature = map(_decoded, parts)
        if _object(header).keys() & {"crit", "b64"} or _object(header).get("alg") != ALGORITHM:
            raise AuthenticationError("Token is invalid")
        signed = token.rpartition(".")[0].encode()
        if not hmac.compare_digest(hmac.digest(self._secret.encode(), signed, hashlib.sha256), signature):
            raise AuthenticationError("Token is invalid")
        found = _object(claims)
        if found.get("exp") is None or not isinstance(found.get("sub"), str):
            raise AuthenticationError("Token is invalid")
        return found

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


def _decoded(part: str) -> bytes:
    """base64url without padding, and nothing but that: every byte string has one spelling."""
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise AuthenticationError("Token is invalid") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=") != part.encode():
        raise AuthenticationError("Token is invalid")
    return data


def _object(data: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(data, type=dict[str, object])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise AuthenticationError("Token is invalid") from None
