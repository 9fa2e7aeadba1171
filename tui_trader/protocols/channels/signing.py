"""The HMAC of login and REST requests (channels.md, Authentication; CLARIFICATIONS.md, channels)."""

from __future__ import annotations


def signature(secret: str, method: str, path: str, timestamp_ms: int, body: str = "") -> str:
    """Return lower-case hex HMAC-SHA256 over `METHOD\\nPATH\\nTIMESTAMP\\nBODY`."""
    import hmac

    text = f"{method}\n{path}\n{timestamp_ms}\n{body}"
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()
