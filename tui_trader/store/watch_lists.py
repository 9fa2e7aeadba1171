"""The user's own lists of instruments by name; an empty choice means all instruments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui_trader.model.errors import CommandError

FAVOURITES = "favourites"
MOST = 20
LONGEST = 16


class WatchLists:
    """Keys by list name, in the order they were put there; `chosen` is the list that is shown."""

    __slots__ = ("_lists", "chosen", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self.chosen = ""
        self._lists: dict[str, tuple[str, ...]] = {}

    @property
    def names(self) -> Sequence[str]:
        """All lists that have something in them."""
        return tuple(self._lists)

    @property
    def all(self) -> Mapping[str, tuple[str, ...]]:
        """Every list with its keys."""
        return self._lists

    @property
    def shown(self) -> tuple[str, ...] | None:
        """Keys of the chosen list; None for all instruments."""
        return self._lists.get(self.chosen) if self.chosen else None

    def restore(self, lists: Mapping[str, Sequence[str]], chosen: str) -> None:
        """Take over what was remembered."""
        self._lists = {name[:LONGEST]: tuple(keys) for name, keys in list(lists.items())[:MOST] if keys}
        self.chosen = chosen if chosen in self._lists else ""
        self.revision += 1

    def has(self, name: str, key: str) -> bool:
        """Whether an instrument is on a list."""
        return key in self._lists.get(name, ())

    def put(self, name: str, key: str, *, listed: bool) -> None:
        """Put an instrument on a list or take it off; an empty list is gone. Raises `CommandError`."""
        if name not in self._lists and (len(self._lists) >= MOST or len(name) > LONGEST):
            raise CommandError(f"At most {MOST} lists, with names of at most {LONGEST} letters.")
        keys = tuple(one for one in self._lists.get(name, ()) if one != key)
        self._lists[name] = (*keys, key) if listed else keys
        if not self._lists[name]:
            del self._lists[name]
            self.chosen = "" if self.chosen == name else self.chosen
        self.revision += 1

    def choose(self, name: str) -> None:
        """Show a list; an empty name shows all instruments. Raises `CommandError`."""
        if name and name not in self._lists:
            raise CommandError(f"There is no list {name!r}; put something on it: list {name} SYMBOL")
        self.chosen = name
        self.revision += 1

    def next(self) -> None:
        """Go to the next list; after the last come all instruments."""
        order = ("", *self._lists)
        self.choose(order[(order.index(self.chosen) + 1) % len(order)])
