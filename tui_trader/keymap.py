"""The table of keys as this user has it: rebound by the settings, checked. A bad entry is told, not fatal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from textual.keys import Keys, _character_to_key

from tui_trader.keys import Key, every_key, keys_of

_MODIFIERS = re.compile(r"(?:(?:ctrl|alt|shift|super|meta)\+)*")
_NAMED = frozenset(key.value for key in Keys if "<" not in key.value)
OVERALL = "console"
"""The context whose keys work in every pane."""


class Keymap:
    """`changes` go to Textual; `complaints` are sentences about entries that were left out.

    `groups` are contexts that have the keyboard together; a key means one thing in each.
    """

    def __init__(self, wanted: Mapping[str, str] | None = None, groups: Iterable[Iterable[str]] = ()) -> None:
        self.changes: dict[str, str] = {}
        self.complaints: list[str] = []
        self._together = [frozenset(group) for group in groups]
        known = {key.id: key for key in every_key()}
        for action, keys in (wanted or {}).items():
            names = [normal(key) for key in keys.split(",") if key.strip() or key == ","]
            if action not in known:
                self.complaints.append(f"keys: there is no action {action!r}; ? lists them")
            elif not names or None in names:
                self.complaints.append(f"keys: {action}: {keys!r} is not a key")
            elif known[action].everywhere and any(name and types(name) for name in names):
                why = "it works in text fields too, so it takes a key that types nothing"
                self.complaints.append(f"keys: {action}: {keys!r}: {why}")
            else:
                self.changes[action] = ",".join(name for name in names if name)
        self._leave_out_clashes()

    def rows(self, *contexts: str) -> tuple[Key, ...]:
        """Rows of these contexts, with this user's keys."""
        return tuple(self._row(key) for key in keys_of(*contexts))

    def name(self, action: str) -> str:
        """The key of an action as its hint shows it."""
        return next(self._row(key).display for key in every_key() if key.id == action)

    def first(self, action: str) -> str:
        """The first key of an action, for a place that has room for one."""
        return next(self._row(key).first for key in every_key() if key.id == action)

    def _row(self, key: Key) -> Key:
        changed = self.changes.get(key.id)
        return key if changed is None else replace(key, keys=changed, label="")

    def _leave_out_clashes(self) -> None:
        """Leave out entries until no key of theirs means two things where it is pressed."""
        for action in list(self.changes):
            other = self._clash(action)
            if other is not None:
                keys = self.changes.pop(action)
                self.complaints.append(f"keys: {action}: {keys} is {other.id} already ({other.description})")

    def _clash(self, action: str) -> Key | None:
        mine = set(self.changes[action].split(","))
        context = action.partition(".")[0]
        for key in every_key():
            if (
                key.id != action
                and self._meet(context, key.context)
                and mine & set(self._row(key).keys.split(","))
            ):
                return self._row(key)
        return None

    def _meet(self, one: str, other: str) -> bool:
        return one == other or any({one, other} <= group for group in self._together)


def normal(key: str) -> str | None:
    """Textual's name of a key as a person writes it (`?`, `ctrl+k`, `F5`); None for what is no key."""
    text = key.strip() or key
    modifiers = _MODIFIERS.match(text.lower())
    prefix = modifiers[0] if modifiers else ""
    last = text[len(prefix) :]
    if len(last) == 1:
        return prefix + _character_to_key(last.lower() if prefix else last)
    name = last.lower()
    return prefix + name if name in _NAMED or _character_names(name) else None


def types(key: str) -> bool:
    """Whether a key, by Textual's name, writes something into a text field."""
    return len(key) == 1 or key in ("space", "enter", "tab", "backspace", "delete") or _character_names(key)


def _character_names(name: str) -> bool:
    """Whether this is Textual's name of a character, such as `question_mark`."""
    return any(_character_to_key(chr(code)) == name for code in range(33, 127))
