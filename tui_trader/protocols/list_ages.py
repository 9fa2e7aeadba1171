"""Lists that an event overtook: what is listed may be older than what was told, so it is asked for again."""

from __future__ import annotations

MOST_REPEATS = 3


class ListAges:
    """Which lists are under way, and whether something of theirs changed since they were asked for."""

    def __init__(self) -> None:
        self._changed: dict[str, bool] = {}
        self._repeats: dict[str, int] = {}

    def asked(self, what: str) -> None:
        """Note that a list was asked for."""
        self._changed[what] = False

    def changed(self, what: str) -> None:
        """Note that an event told of something on a list."""
        self._changed[what] = True

    def is_old(self, what: str) -> bool:
        """Whether a list that came is to be asked for again; a few times at most, for some never rest."""
        repeats = self._repeats.get(what, 0)
        if not self._changed.get(what) or repeats >= MOST_REPEATS:
            self._repeats[what] = 0
            return False
        self._repeats[what] = repeats + 1
        return True
