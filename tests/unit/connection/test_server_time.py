"""Spans in a server's time, told in ours."""

from __future__ import annotations

from tui_trader.connection.server_time import in_our_seconds
from tui_trader.model.events import Event, NoticeReceived, RequoteOffered
from tui_trader.model.values import Order, OrderKind, OrderStatus, Severity, Side

OFFER = RequoteOffered(
    order=Order(
        link="fx",
        id="1",
        symbol="EURUSD",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        quantity=1,
        status=OrderStatus.REQUOTED,
    ),
    old_price=1.0,
    valid_seconds=10.0,
)


def test_an_offer_stands_shorter_where_the_market_runs_faster() -> None:
    told: list[Event] = []
    for speed, seconds in ((4.0, 2.5), (0.5, 20.0)):
        in_our_seconds(told.append, speed)(OFFER)
        offer = told.pop()
        assert isinstance(offer, RequoteOffered)
        assert offer.valid_seconds == seconds


def test_at_real_speed_nothing_stands_between() -> None:
    told: list[Event] = []
    sink = told.append
    assert in_our_seconds(sink, 1.0) is sink


def test_everything_else_passes_as_it_is() -> None:
    told: list[Event] = []
    notice = NoticeReceived("fx", Severity.INFO, "hello")
    in_our_seconds(told.append, 4.0)(notice)
    assert told == [notice]
