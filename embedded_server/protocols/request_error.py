"""The body of the error that gateway, guardian and orchestrator answer a request with."""

from __future__ import annotations

from msgspec import Struct


class ErrorData(Struct, frozen=True, kw_only=True):
    """What went wrong with which request; `request` is null when its type could not be read."""

    code: str
    message: str
    request: str | None
