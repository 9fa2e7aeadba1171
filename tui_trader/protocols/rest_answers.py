"""What the answer to a REST command means, whatever the protocol: accepted, refused, or unknown."""

from __future__ import annotations

from msgspec import Struct

from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import CommandAnswered, CommandLost
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.json_reading import reader
from tui_trader.protocols.sanitising import SHORT, clean

REFUSED = 400
_TIMED_OUT = 408
_FAILED = 500


class _Refusal(Struct):
    message: str | None = None
    error: str | None = None


class _Created(Struct):
    id: int | str | None = None


_read_refusal = reader(_Refusal)
_read_created = reader(_Created)


def command_answer(
    link: str, request: HttpRequest, status: int, body: bytes, order_id: str = ""
) -> CommandAnswered | CommandLost:
    """Read the answer to a command: 2xx accepts, 4xx refuses.

    Anything else leaves the outcome unknown: it is reconciled, never sent again (STYLE.md, Errors).
    """
    if status >= _FAILED or status == _TIMED_OUT:
        return CommandLost(link, request.reference, f"answered HTTP {status}: verify")
    refused = status >= REFUSED
    return CommandAnswered(
        link=link,
        reference=request.reference,
        accepted=not refused,
        order_id=order_id or ("" if refused else _created_id(body)),
        detail=refusal(status, body) if refused else "",
    )


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
