"""The server's own errors.

ServerError
 +-- ConfigurationError   a setting or option cannot be used; one sentence, exit code 2
 +-- PortTaken            a listener's port is in use
 +-- EngineFault          an invariant of the engine broke: a bug, never a client's doing
"""

from __future__ import annotations


class ServerError(Exception):
    """Root of the tree."""


class ConfigurationError(ServerError):
    """A setting or an option cannot be used; the message is one sentence that says what to do."""


class PortTaken(ConfigurationError):
    """A port is in use; the message names the port and the option that changes it."""


class EngineFault(ServerError):
    """An invariant broke."""
