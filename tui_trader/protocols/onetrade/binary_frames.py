"""OneTrade's binary frames: one comma-separated record each (CLARIFICATIONS.md, onetrade)."""

from __future__ import annotations

from collections.abc import Mapping

from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import PositionProfit, QuoteUpdated
from tui_trader.protocols.json_reading import MOST
from tui_trader.protocols.sanitising import excerpt

_MAX_LENGTH = 256
_PRICE_FIELDS = 7
_PROFIT_FIELDS = 4


def read_record(link: str, data: bytes, symbols: Mapping[int, str]) -> QuoteUpdated | PositionProfit | None:
    """Read `symbolId,bid,ask,last,volume,high,low` or `s,positionId,profit,totalProfit`.

    A price of zero says that there is none. Returns None for a symbol id nobody listed.
    Raises `ProtocolError`.
    """
    fields = data[:_MAX_LENGTH].split(b",")
    try:
        if fields[0] == b"s":
            if len(fields) != _PROFIT_FIELDS:
                raise ValueError
            return PositionProfit(link, str(int(fields[1])), _number(fields[2]))
        if len(fields) != _PRICE_FIELDS or len(data) > _MAX_LENGTH:
            raise ValueError
        symbol = symbols.get(int(fields[0]))
        bid, ask, last, volume, high, low = map(_number, fields[1:])
    except ValueError:
        raise ProtocolError(f"binary record that cannot be read: {excerpt(data)[:120]}") from None
    if symbol is None:
        return None
    return QuoteUpdated(
        link=link,
        symbol=symbol,
        bid=bid,
        ask=ask,
        last=last,
        volume=volume,
        high=high or None,
        low=low or None,
    )


def _number(field: bytes) -> float:
    value = float(field)
    if not -MOST <= value <= MOST:
        raise ValueError
    return value
