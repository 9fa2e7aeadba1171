"""Notifications on the desktop, as terminals take them: escape sequences of our own fixed words only."""

from __future__ import annotations

from collections.abc import Mapping

_OSC9 = "\x1b]9;tui-trader: an alert was reached\x07"
_OSC777 = "\x1b]777;notify;tui-trader;an alert was reached\x1b\\"
_KNOWN = {"iTerm.app": _OSC9, "WezTerm": _OSC777, "ghostty": _OSC777}
_TERMS = {"xterm-kitty": _OSC9, "foot": _OSC777, "rxvt-unicode-256color": _OSC777, "xterm-ghostty": _OSC777}


def notification(setting: str, environment: Mapping[str, str]) -> str:
    """The sequence for this terminal, empty where none is known or wanted.

    `auto` knows terminals by name; within tmux or screen the name is of the terminal that started them.
    """
    if setting != "auto":
        return {"osc9": _OSC9, "osc777": _OSC777}.get(setting, "")
    if environment.get("TMUX") or environment.get("STY"):
        return ""
    return _KNOWN.get(environment.get("TERM_PROGRAM", ""), _TERMS.get(environment.get("TERM", ""), ""))
