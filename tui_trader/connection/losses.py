"""Why a connection ended, in a sentence that never quotes a URL: tokens are in it."""

from __future__ import annotations

from dataclasses import dataclass

from tui_trader.model.errors import ProtocolError
from tui_trader.model.values import LinkState
from tui_trader.protocols.sanitising import clean


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended. With a state the link stays there until the user asks; without, it reconnects."""

    detail: str
    state: LinkState | None = None


class Lost(Exception):  # noqa: N818 - an ordinary event of a connection's life
    """Ends a connection from inside."""

    def __init__(self, detail: str, state: LinkState | None = None) -> None:
        super().__init__(detail)
        self.ending = Ending(detail, state)


def explain(error: BaseException | None) -> Ending:
    """Put a connection's end into a sentence; re-raises what is not a connection's doing."""
    from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

    match error:
        case None:
            return Ending("the connection ended")
        case Lost():
            return error.ending
        case ProtocolError():
            return Ending(clean(str(error)))
        case ConnectionClosed():
            return Ending(_closed(error))
        case InvalidStatus():
            return Ending(f"the server answered HTTP {error.response.status_code} to the WebSocket request")
        case InvalidURI():
            return Ending("the link's address is not a WebSocket URL", LinkState.OFFLINE)
        case InvalidHandshake():
            return Ending(f"the handshake failed: {type(error).__name__}")
        case TimeoutError():
            return Ending("no connection in time")
        case OSError():
            return Ending(clean(error.strerror or str(error) or "no connection"))
        case EOFError():
            return Ending("the connection was cut")
        case _:
            raise error


def _closed(error: BaseException) -> str:
    received = getattr(error, "rcvd", None)
    if received is None:
        return "the connection was cut"
    reason = clean(received.reason)
    return f"closed by the server: {received.code}" + (f" {reason}" if reason else "")
