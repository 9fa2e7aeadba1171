"""Texts of a server that quote a secret back at us: hidden before anything can show, keep or export them."""

from __future__ import annotations

from msgspec.structs import replace

from tui_trader.model.events import (
    CommandAnswered,
    CommandLost,
    Event,
    JournalReceived,
    LinkChanged,
    NoticeReceived,
    SessionEnded,
    UnknownReceived,
)
from tui_trader.protocols.redaction import Redactor

_TELLING = frozenset(
    {
        NoticeReceived,
        JournalReceived,
        UnknownReceived,
        SessionEnded,
        LinkChanged,
        CommandAnswered,
        CommandLost,
    }
)


def discreet(event: Event, redactor: Redactor) -> Event:
    """Return the event, its text without secrets."""
    if type(event) not in _TELLING:
        return event
    match event:
        case NoticeReceived(text=text) | JournalReceived(text=text) | UnknownReceived(text=text):
            shown = redactor.text(text)
            return event if shown == text else replace(event, text=shown)
        case (
            SessionEnded(detail=detail)
            | LinkChanged(detail=detail)
            | CommandAnswered(detail=detail)
            | CommandLost(detail=detail)
        ):
            shown = redactor.text(detail)
            return event if shown == detail else replace(event, detail=shown)
        case _:
            return event
