"""From the market's states and events to the gateway's messages: functions of their arguments only."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_server.model import states as s
from embedded_server.model.enums import Resolution
from embedded_server.model.events import TradePrinted
from embedded_server.protocols.market_data_gateway import messages as m
from embedded_server.protocols.request_error import ErrorData
from embedded_server.protocols.wire_numbers import Precision, percent
from embedded_server.protocols.wire_time import iso_z


def quote(time: int, top: s.Quote, day: s.DayStatistics, precision: Precision) -> m.Quote:
    """Top of book with one rolling day."""
    data = m.QuoteData(
        symbol=precision.instrument.key,
        bid=precision.price(top.bid),
        ask=precision.price(top.ask),
        bid_size=precision.quantity(top.bid_lots),
        ask_size=precision.quantity(top.ask_lots),
        last=precision.price(top.last),
        change_24h=percent(day.change_percent, 4),
        high_24h=precision.price(day.high),
        low_24h=precision.price(day.low),
        volume_24h=precision.quantity(day.lots),
    )
    return m.Quote(timestamp=iso_z(time), data=data)


def trade(event: TradePrinted, precision: Precision) -> m.Trade:
    """A public trade."""
    data = m.TradeData(
        symbol=precision.instrument.key,
        id=str(event.trade_id),
        price=precision.price(event.price),
        quantity=precision.quantity(event.lots),
        side=event.side.value.upper(),
    )
    return m.Trade(timestamp=iso_z(event.time), data=data)


def bar(
    time: int, resolution: Resolution, candle: s.Bar, precision: Precision, *, closed: bool
) -> m.BarMessage:
    """A candle."""
    data = m.BarData(
        symbol=precision.instrument.key,
        resolution=resolution.value,
        time=iso_z(candle.time),
        open=precision.price(candle.open),
        high=precision.price(candle.high),
        low=precision.price(candle.low),
        close=precision.price(candle.close),
        volume=precision.quantity(candle.lots),
        closed=closed,
    )
    return m.BarMessage(timestamp=iso_z(time), data=data)


def depth(
    time: int, bids: Sequence[s.DepthLevel], asks: Sequence[s.DepthLevel], precision: Precision
) -> m.Depth:
    """Both sides of the book."""
    data = m.DepthData(
        symbol=precision.instrument.key, bids=_levels(bids, precision), asks=_levels(asks, precision)
    )
    return m.Depth(timestamp=iso_z(time), data=data)


def _levels(levels: Sequence[s.DepthLevel], precision: Precision) -> tuple[m.Level, ...]:
    return tuple((precision.price(level.price), precision.quantity(level.lots)) for level in levels)


def instrument(precision: Precision, *, is_open: bool) -> m.InstrumentData:
    """What a client must know of an instrument."""
    row = precision.instrument
    return m.InstrumentData(
        symbol=row.key,
        venue_symbol=row.symbol,
        name=row.name,
        kind=row.asset_class.value,
        number=row.number,
        base_currency=row.base,
        quote_currency=row.quote,
        price_digits=row.price_digits,
        quantity_digits=row.quantity_digits,
        tick_size=precision.price(1),
        lot_step=precision.quantity(1),
        max_quantity=precision.quantity(row.max_lots),
        contract_size=row.contract_size,
        session=row.session,
        open=is_open,
    )


def error(time: int, code: str, message: str, request: str | None) -> m.Error:
    """A request that changed nothing."""
    return m.Error(timestamp=iso_z(time), data=ErrorData(code=code, message=message, request=request))
