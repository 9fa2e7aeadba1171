"""Messages that a test wants an endpoint to send now: a request that makes itself into the endpoint's model.

Each folder's `injections.py` has them, so that wire names stay where they belong; façades know nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services

Text = Annotated[str, Meta(max_length=500)]


class Injection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goes to one client by its id, or to every client of the endpoint."""

    endpoint_name: ClassVar[str] = ""
    client: str | None = None

    def build(self, services: Services) -> Struct:
        """The message to send. Raises `InputError` when there is nothing to make it of."""
        raise NotImplementedError


class ErrorInjection(Injection, frozen=True, kw_only=True, tag_field="endpoint"):
    """An endpoint's error message; the tag is the endpoint."""


class MessageInjection(Injection, frozen=True, kw_only=True, tag_field="message"):
    """Another message; the tag is the endpoint, a dot and the message's type."""
