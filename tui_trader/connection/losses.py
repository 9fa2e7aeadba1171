"""Why a connection ended, in a sentence that never quotes a URL: tokens are in it."""

from __future__ import annotations

from dataclasses import dataclass

from tui_trader.connection.trust import certificate_fault
from tui_trader.model.errors import ConsoleError
from tui_trader.model.values import LinkState
from tui_trader.protocols.sanitising import clean


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended. With a state the link waits there for the user; without, it reconnects."""

    detail: str
    state: LinkState | None = None
    takeover: bool = False
    """Whether what holds the session can be displaced."""


class Lost(Exception):
    """Ends a connection from inside."""

    def __init__(self, detail: str, state: LinkState | None = None) -> None:
        super().__init__(detail)
        self.ending = Ending(detail, state)


def explain(error: BaseException | None) -> Ending:
    """Put a connection's end into a sentence; re-raises what is not a connection's doing."""
    if isinstance(error, Lost):
        return error.ending
    from websockets.exceptions import InvalidURI

    if isinstance(error, InvalidURI):
        return Ending("the link's address is not a WebSocket URL", LinkState.OFFLINE)
    return Ending(_sentence(error))


def _sentence(error: BaseException | None) -> str:
    from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

    sentence = "the connection was cut"
    match error:
        case ConnectionClosed():
            sentence = _closed(error)
        case InvalidStatus():
            sentence = f"the server answered HTTP {error.response.status_code} to the WebSocket request"
        case InvalidHandshake():
            sentence = f"the handshake failed: {type(error).__name__}"
        case ConsoleError():
            sentence = clean(str(error))
        case TimeoutError():
            sentence = "no connection in time"
        case OSError() if fault := certificate_fault(error):
            sentence = fault
        case OSError():
            sentence = clean(error.strerror or str(error) or "no connection")
        case None | EOFError():
            pass
        case _:
            raise error
    return sentence


def _closed(error: BaseException) -> str:
    received = getattr(error, "rcvd", None)
    if received is None:
        return "the connection was cut"
    reason = clean(received.reason)
    return f"closed by the server: {received.code}" + (f" {reason}" if reason else "")
