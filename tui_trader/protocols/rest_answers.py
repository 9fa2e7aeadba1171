"""What the answer to a REST command means, whatever the protocol: accepted, refused, or unknown.

A server that does not know an extension may take an order without it: that is looked for and told.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec import Struct

from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import CommandAnswered, CommandLost, Event, NoticeReceived
from tui_trader.model.values import Severity
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.json_reading import Figure, reader
from tui_trader.protocols.sanitising import SHORT, clean

REFUSED = 400
_TIMED_OUT = 408
_FAILED = 500
_SUCCESS, _REDIRECTED = 200, 300
_TRAILING = "trailing"
PAIR = "place_together"
"""Purpose of a request that sends two orders."""


class _Refusal(Struct):
    message: str | None = None
    error: str | None = None


class _Verdict(Struct):
    success: bool | None = None


class _Created(Struct):
    id: int | str | None = None
    client_order_id: str | None = None
    external_id: str | None = None


class _Trailing(Struct):
    trailing_stop: Figure | None = None
    trailing_distance: Figure | None = None


_read_refusal = reader(_Refusal)
_read_verdict = reader(_Verdict)
_read_created = reader(_Created)
_read_pair = reader(list[_Created])
_read_trailing = reader(_Trailing)


def heeded(purpose: str, *, trailing: bool) -> str:
    """The purpose of a request whose answer must show a trailing stop, or need not."""
    return f"{purpose}:{_TRAILING}" if trailing else purpose


def command_answers(link: str, request: HttpRequest, status: int, body: bytes) -> tuple[Event, ...]:
    """Read the answer to a command, or to several in one request; what was left out of it is told."""
    if request.purpose == PAIR:
        return _pair_answers(link, request, status, body)
    answer = command_answer(link, request, status, body)
    accepted = isinstance(answer, CommandAnswered) and answer.accepted
    if not accepted or request.purpose.partition(":")[2] != _TRAILING or _trails(body):
        return (answer,)
    text = "taken WITHOUT its trailing stop: this server does not know one"
    return answer, NoticeReceived(link, Severity.ERROR, text, "NOT_TRAILING")


def _trails(body: bytes) -> bool:
    try:
        told = _read_trailing(body)
    except ProtocolError:
        return True  # an order that cannot be read is complained about where it is read
    return bool(told.trailing_stop or told.trailing_distance)


def _pair_answers(link: str, request: HttpRequest, status: int, body: bytes) -> tuple[Event, ...]:
    """Both orders are taken or refused. Anything else is told order by order: what is missing is unknown."""
    if not _SUCCESS <= status < _REDIRECTED or _denied(body):
        return tuple(
            command_answer(link, replace(request, reference=reference), status, body)
            for reference in request.references
        )
    try:
        created = {one.client_order_id or one.external_id: one.id for one in _read_pair(body)}
    except ProtocolError:
        created = {}
    missing = "the server did not confirm this one of the two: verify"
    return tuple(
        CommandAnswered(
            link=link, reference=name, accepted=True, order_id=clean(str(created[name]), SHORT), detail=""
        )
        if created.get(name) is not None
        else CommandLost(link, name, missing)
        for name in request.references
    )


def command_answer(
    link: str, request: HttpRequest, status: int, body: bytes, order_id: str = ""
) -> CommandAnswered | CommandLost:
    """Read the answer to a command: 2xx accepts unless it says `success: false`, 4xx refuses.

    Anything else leaves the outcome unknown: it is reconciled, never sent again (STYLE.md, Errors).
    """
    answered = _SUCCESS <= status < _REDIRECTED
    refused = REFUSED <= status < _FAILED or (answered and _denied(body))
    taken = answered and not refused
    if not (taken or refused) or status == _TIMED_OUT:
        return CommandLost(link, request.reference, f"answered HTTP {status}: verify")
    return CommandAnswered(
        link=link,
        reference=request.reference,
        accepted=taken,
        order_id=order_id or ("" if refused else _created_id(body)),
        detail=refusal(status, body) if refused else "",
    )


def _denied(body: bytes) -> bool:
    """Whether a body says itself that nothing was done, as errors of CLARIFICATIONS.md, onetrade, do."""
    try:
        return _read_verdict(body).success is False
    except ProtocolError:
        return False


def refusal(status: int, body: bytes) -> str:
    """Put an HTTP refusal into a sentence, in the server's words where it has any."""
    try:
        answer = _read_refusal(body)
    except ProtocolError:
        return f"HTTP {status}"
    return clean(answer.message or answer.error or f"HTTP {status}")


def _created_id(body: bytes) -> str:
    try:
        number = _read_created(body).id
    except ProtocolError:
        return ""
    return "" if number is None else clean(str(number), SHORT)
