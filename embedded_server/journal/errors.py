"""What can be wrong with a journal, in one sentence each."""

from __future__ import annotations

from embedded_server.model.errors import ConfigurationError


class JournalError(ConfigurationError):
    """A journal cannot be used; the message says why and what to do."""


class Unwritable(Exception):
    """Nothing can be written just now: no room, or the disk refuses."""
