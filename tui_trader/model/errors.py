"""The console's own errors.

ConsoleError
 +-- SettingsError    a setting, file or option cannot be used; one sentence that says what to do
 +-- ProtocolError    a frame cannot be read; carries at most 200 sanitised characters of it
 +-- CommandError     a command cannot be sent by this link, or its input is wrong; one sentence
 +-- LaunchError      the embedded server did not start
"""

from __future__ import annotations


class ConsoleError(Exception):
    """Root of the tree."""


class SettingsError(ConsoleError):
    """A setting, file or option cannot be used."""


class ProtocolError(ConsoleError):
    """A frame cannot be read."""


class CommandError(ConsoleError):
    """A command cannot be sent; `field` names the input that is wrong, if one is."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LaunchError(ConsoleError):
    """The embedded server did not start."""
