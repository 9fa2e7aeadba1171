"""Every message of onetrade.md, Outgoing Messages; `data` is a bare symbol id, or null."""

from __future__ import annotations

from tui_trader.protocols.codec import Frame
from tui_trader.protocols.json_reading import write

HEARTBEAT = "9"
HEARTBEAT_ANSWER = "10"


def _message(kind: str, data: int | None) -> Frame:
    return Frame(write({"type": kind, "data": data}))


START_ACCOUNT = _message("start_account_all", None)
STOP_ACCOUNT = _message("stop_account_all", None)


def subscribe(symbol_id: int) -> Frame:
    """Subscribe to a symbol's prices."""
    return _message("market_subscribe_symbol", symbol_id)


def unsubscribe(symbol_id: int) -> Frame:
    """Unsubscribe from a symbol's prices."""
    return _message("market_unsubscribe_symbol", symbol_id)
