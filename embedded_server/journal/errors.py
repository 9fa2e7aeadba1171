"""What can be wrong with a journal, in one sentence each.

JournalError             a journal cannot be used
 +-- FolderInUse         ... because another server is writing it
 +-- FolderUnwritable    ... because the disk or the system does not let us write there
Unwritable               a running journal cannot be written just now
"""

from __future__ import annotations

from embedded_server.model.errors import ConfigurationError


class JournalError(ConfigurationError):
    """A journal cannot be used; the message says why and what to do."""


class FolderInUse(JournalError):
    """Another server has the folder."""


class FolderUnwritable(JournalError):
    """Nothing can be kept in the folder, whatever is in it."""


class Unwritable(Exception):
    """Nothing can be written just now: no room, or the disk refuses."""
