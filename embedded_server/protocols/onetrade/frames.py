"""The two binary frames (CLARIFICATIONS.md, onetrade): UTF-8, one record each, no newline, plain decimals."""

from __future__ import annotations

from decimal import Decimal

from embedded_server.model.instruments import MICROS, Instrument
from embedded_server.model.states import DayStatistics, Quote
from embedded_server.protocols.exact_numbers import plain


def price_frame(instrument: Instrument, quote: Quote, day: DayStatistics) -> bytes:
    """`symbolId,bid,ask,last,volume,high,low`: volume, high and low of the last 24 hours, volume in lots."""
    prices = [
        f"{instrument.price(ticks):f}" for ticks in (quote.bid, quote.ask, quote.last, day.high, day.low)
    ]
    prices.insert(3, f"{instrument.quantity(day.lots):f}")
    return ",".join((str(instrument.number), *prices)).encode()


def profit_frame(position_id: int, profit_micros: int, total_micros: int) -> bytes:
    """`s,positionId,profit,totalProfit`, in the account's currency."""
    return f"s,{position_id},{_money(profit_micros)},{_money(total_micros)}".encode()


def _money(micros: int) -> str:
    return plain(Decimal(micros) / MICROS)
