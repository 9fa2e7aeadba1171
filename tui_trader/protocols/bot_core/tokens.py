"""HS256 tokens for `Authenticate` (CLARIFICATIONS.md, bot_core), minted when only the secret is known."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from tui_trader.protocols.json_reading import write

_LIFETIME_SECONDS = 3_600


def token_for(credentials: Mapping[str, str], now_ms: int) -> str | None:
    """Return the given `token`, or mint one with `jwt_secret`, valid for an hour; None without either."""
    if token := credentials.get("token"):
        return token
    if not (secret := credentials.get("jwt_secret")):
        return None
    issued = now_ms // 1_000
    claims = {
        "sub": "tui-trader",
        "email": "console@localhost",
        "is_admin": False,
        "exp": issued + _LIFETIME_SECONDS,
        "iat": issued,
    }
    signed = f"{_part(write({'alg': 'HS256', 'typ': 'JWT'}).encode())}.{_part(write(claims).encode())}"
    import hmac

    return f"{signed}.{_part(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
