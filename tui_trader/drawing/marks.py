"""Marks that stand beside colour, so that no state is told by colour alone."""

from __future__ import annotations

from tui_trader.model.values import LinkState

_LINKS = {
    LinkState.READY: ("●", "ok"),
    LinkState.CONNECTING: ("◐", "pending"),
    LinkState.AUTHENTICATING: ("◐", "pending"),
    LinkState.RECONNECTING: ("↻", "caution"),
    LinkState.CONFLICT: ("◆", "caution"),
    LinkState.OFFLINE: ("✕", "alarm"),
    LinkState.IDLE: ("○", "faint"),
    LinkState.CLOSED: ("○", "faint"),
}


def mark_of_link(state: LinkState) -> tuple[str, str]:
    """Mark and ink of a link's state."""
    return _LINKS[state]
